import type { LoadedConfig } from '../config/load.ts';
import { Face } from '../core/face.ts';
import type { Log } from '../core/log.ts';
import { RunningPlugin } from '../core/running-plugin.ts';

const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silent };

function ignore(): void {
  // nothing starts, so there is nothing to log
}

/** What this configuration serves, each plugin and all together, without starting anything. */
export function catalogueOf({ config, plugins }: LoadedConfig): {
  readonly faces: readonly Face[];
  readonly all: Face;
} {
  const asleep = plugins.map(
    (plugin) =>
      new RunningPlugin(
        { ...plugin, start: () => new Promise(ignore) },
        plugin.parseConfig(config.plugins.get(plugin.name)?.settings),
        {
          log: silent,
          dataFolder: config.dataFolder,
          privateFiles: config.privateFiles,
          resourceUpdated: ignore,
          listChanged: ignore,
        },
      ),
  );
  return { faces: asleep.map((plugin) => Face.of(plugin)), all: Face.aggregate(asleep) };
}
