// Makes tool calls as a user who is not root: `node other-user.mjs <plugin> <dataFolder> <config> <calls>`, the last two in
// JSON; root becomes nobody. Sends the text of each answer or error to its parent.
import process from 'node:process';

const [support, dataFolder, config, calls] = process.argv.slice(2);
const { anonymous, Call, callTool, Face, filesystemPlugin, RunningPlugin } = await import(support);
const nobody = 65_534;
if (process.getuid() === 0) {
  process.setgroups([]);
  process.setgid(nobody);
  process.setuid(nobody);
}
const nothing = () => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
const host = { log, dataFolder, privateFiles: [], resourceUpdated: nothing, listChanged: nothing };
const running = new RunningPlugin(filesystemPlugin, filesystemPlugin.parseConfig(JSON.parse(config)), host);
await running.settled;
const face = Face.of(running);
const limits = { callTimeoutMs: 60_000, resultBytes: 1e6, record: nothing };
for (const [tool, args] of JSON.parse(calls)) {
  const call = callTool(face, tool, args, new Call(anonymous, 'other user'), limits);
  process.send(
    await call.then(
      ({ text }) => text,
      (error) => String(error),
    ),
  );
}
await running.stop();
process.disconnect();
