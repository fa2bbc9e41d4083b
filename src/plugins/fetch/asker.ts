import type { ToolContext } from '../../core/tool.ts';

/** On whose behalf foreign work is done, and until when it is wanted. A tool's context is one. */
export type Asker = Pick<ToolContext, 'signal' | 'principal'>;
