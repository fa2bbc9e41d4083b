// Loaded into every Node contender with --import: tells its own CPU time, memory and handles when asked over IPC.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.send) {
  process.on('message', (message) => {
    if (message?.ask !== 'usage') return;
    // Before the answer, so that what the last load left behind is not counted as held.
    if (message.collect) for (let round = 0; round < 4; round++) globalThis.gc?.();
    const { user, system } = process.cpuUsage();
    const { rss, heapUsed } = process.memoryUsage();
    const usage = { cpuMicroseconds: user + system, rss, heapUsed };
    process.send({ usage: message.collect ? { ...usage, resources: process.getActiveResourcesInfo() } : usage });
  });
  process.on('disconnect', () => process.exit()); // whoever measured is gone
  process.channel?.unref();
}
