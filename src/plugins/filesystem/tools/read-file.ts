import { readTextFile } from './read-text-file.ts';

/** The reference server's old name for `read_text_file`, kept for agents that were told of it. */
export const readFile: typeof readTextFile = {
  ...readTextFile,
  name: 'read_file',
  title: 'Read File (Deprecated)',
  description: 'Reads a file as text. Deprecated: use read_text_file, which is the same.',
};
