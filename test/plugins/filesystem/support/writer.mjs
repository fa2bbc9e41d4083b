// Writes numbered contents to ten files, over and over, telling each start, until it is killed: `node writer.mjs <root> <data> <plugin>`.
const [root, dataFolder, support] = process.argv.slice(2);
const { anonymous, Call, callTool, Face, filesystemPlugin, RunningPlugin } = await import(support);
const nothing = () => undefined;
const log = { debug: nothing, info: nothing, warn: nothing, error: nothing, child: () => log };
const host = { log, dataFolder, privateFiles: [], resourceUpdated: nothing, listChanged: nothing };
const running = new RunningPlugin(filesystemPlugin, filesystemPlugin.parseConfig({ roots: [root], write: true }), host);
await running.settled;
const face = Face.of(running);
for (let i = 0; ; i++) {
  const content = `${i}\n`.repeat(20_000 + (i % 7) * 1000);
  const call = new Call(anonymous, 'writer');
  await callTool(face, 'write_file', { path: `file-${i % 10}`, content }, call, {
    callTimeoutMs: 60_000,
    resultBytes: 1e6,
    record: nothing,
  });
  process.send?.(i);
}
