import * as v from 'valibot';
import { defineTool, type ToolContext } from '../../../core/tool.ts';
import type { FilesystemDeps } from '../deps.ts';
import { printable, systemError } from '../sandbox/failure.ts';
import { PathParameter } from './parameters.ts';

/** Makes a directory with its missing parents; one that is there already is fine. */
export const createDirectory = defineTool({
  name: 'create_directory',
  title: 'Create Directory',
  description: 'Makes a directory and the parents it needs; succeeds if it exists already.',
  input: v.strictObject({ path: PathParameter }),
  output: v.object({ path: v.string(), created: v.number(), change_id: v.optional(v.string()) }),
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  toText: ({ path }) => `Successfully created directory ${path}`,
  async handler({ deps, signal }: ToolContext<FilesystemDeps>, { path }) {
    const shown = printable(path);
    return deps.sandbox.use(path, { access: 'write' }, async (place) => {
      if (place.stats?.isDirectory()) return { path: shown, created: 0 };
      if (place.stats) throw systemError('EEXIST');
      const change = deps.change('create_directory', signal);
      const created = await deps.whole(change, async () =>
        change.makeDirectories(place, [place.entryName, ...place.rest]),
      );
      return { path: shown, created, ...(change.id === undefined ? {} : { change_id: change.id }) };
    });
  },
});
