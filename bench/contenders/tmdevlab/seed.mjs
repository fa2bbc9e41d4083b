// Fills Redis as the published seed does: carts, histories, popularity and counters. Sends `{ port: 0 }` when it is done.
import { Redis } from 'ioredis';

const { redisPort } = JSON.parse(process.argv[2]);
const redis = new Redis({ port: redisPort, host: '127.0.0.1', enableReadyCheck: false });
const user = (n) => `user-${String(n).padStart(5, '0')}`;
const numbers = (count) => Array.from({ length: count }, (_, index) => index + 1);

/** Sends commands in batches, so that none waits for the one before. */
async function pipeline(commands) {
  for (let at = 0; at < commands.length; at += 5000) await redis.pipeline(commands.slice(at, at + 5000)).exec();
}

await pipeline(
  numbers(10_000).map((n) => {
    const items = [7, 13, ...(n % 3 === 0 ? [17] : [])].map((factor) => {
      return { product_id: ((n * factor) % 100_000) + 1, qty: 1 + (n % 3) };
    });
    const fields = ['user_id', user(n), 'items', JSON.stringify(items), 'created', '1740000000', 'total', '19.99'];
    return ['hset', `bench:cart:${user(n)}`, ...fields];
  }),
);
await pipeline(
  numbers(1000).map((n) => {
    const orders = numbers(20).map((j) => {
      return JSON.stringify({
        order_id: `ORD-${n}-${j}`,
        product_id: ((n * j * 7) % 100_000) + 1,
        qty: 1 + (j % 3),
        ts: n + j,
      });
    });
    return ['rpush', `bench:history:${user(n)}`, ...orders];
  }),
);
await pipeline(numbers(100_000).map((n) => ['zadd', 'bench:popular', String((n * 7) % 10_000), `product:${n}`]));
await redis.quit();
process.send({ port: 0 });
