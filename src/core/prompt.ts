import type { ContentBlock } from './content.ts';
import type { Icon } from './icon.ts';
import type { Completer } from './resource.ts';
import type { ToolContext } from './tool.ts';

export interface PromptArgument {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly required?: boolean;
}

export interface PromptMessage {
  readonly role: 'user' | 'assistant';
  readonly content: ContentBlock;
}

/** A prompt a person can pick; its arguments are strings, as MCP has them. */
export interface Prompt<in Deps = never> {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly icons?: readonly Icon[];
  readonly arguments?: readonly PromptArgument[];
  readonly complete?: { readonly [argument: string]: Completer<Deps> };
  get(
    context: ToolContext<Deps>,
    args: Readonly<Record<string, string>>,
  ): Promise<readonly PromptMessage[]> | readonly PromptMessage[];
}

/** Names the types of a prompt literal; returns it unchanged. */
export function definePrompt<Deps>(prompt: Prompt<Deps>): Prompt<Deps> {
  return prompt;
}
