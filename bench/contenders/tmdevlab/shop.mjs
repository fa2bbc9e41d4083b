import { Agent, request } from 'node:http';
import { Redis } from 'ioredis';

/** The three tools' work, as their contract has it: HTTP and Redis side by side where one does not need the other. */
export function openShop({ apiUrl, redisPort, client }) {
  const redis = new Redis({ port: redisPort, host: '127.0.0.1', enableReadyCheck: false });
  const ask = client === 'node:http' ? askWithAgent(apiUrl) : askWithFetch(apiUrl);
  return {
    async searchProducts({ category, min_price, max_price, limit }) {
      const query = new URLSearchParams({ category, min_price, max_price, limit });
      const [found, popular] = await Promise.all([
        ask('GET', `/products/search?${query}`),
        redis.zrevrange('bench:popular', 0, 9),
      ]);
      const top = popular.map((member) => Number(member.slice(member.indexOf(':') + 1)));
      const products = found.products.map(({ id, sku, name, price, rating }) => {
        return { id, sku, name, price, rating, popularity_rank: top.indexOf(id) + 1 };
      });
      return { category, total_found: found.total_found, products, top10_popular_ids: top };
    },
    async getUserCart({ user_id }) {
      const cart = await redis.hgetall(`bench:cart:${user_id}`);
      const items = JSON.parse(cart.items ?? '[]');
      const [, history] = await Promise.all([
        ask('GET', `/products/${items[0]?.product_id ?? 1}`),
        redis.lrange(`bench:history:${user_id}`, 0, 4),
      ]);
      return {
        user_id,
        cart: { items, item_count: items.length, estimated_total: Number(cart.total ?? 0) },
        recent_history: history.map((entry) => JSON.parse(entry)),
      };
    },
    async checkout({ user_id, items }) {
      const user = String(Number(user_id.split('-').at(-1)) % 100).padStart(5, '0');
      const order = JSON.stringify({
        order_id: `ORD-${user_id}-${Date.now()}`,
        items,
        ts: Math.floor(Date.now() / 1000),
      });
      const [priced, count] = await Promise.all([
        ask('POST', '/cart/calculate', JSON.stringify({ user_id, items })),
        redis.incr(`bench:ratelimit:user-${user}`),
        redis.rpush(`bench:history:${user_id}`, order),
        redis.zincrby('bench:popular', 1, `product:${items[0].product_id}`),
      ]);
      const { order_id, total } = priced;
      return { order_id, user_id, total, items_count: items.length, rate_limit_count: count, status: 'confirmed' };
    },
  };
}

/** As the published server asks: Node's global fetch. */
function askWithFetch(base) {
  return async (method, path, body) => {
    const headers = { 'Content-Type': 'application/json' };
    const response = await fetch(`${base}${path}`, body === undefined ? { method } : { method, headers, body });
    return response.json();
  };
}

/** The same over an agent that keeps its connections. */
function askWithAgent(base) {
  const { port } = new URL(base);
  const agent = new Agent({ keepAlive: true });
  return (method, path, body) =>
    new Promise((resolve, reject) => {
      const headers =
        body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) };
      const asked = request({ host: '127.0.0.1', port, method, path, agent, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk) => {
          text += chunk;
        });
        response.on('end', () => resolve(JSON.parse(text)));
      });
      asked.on('error', reject);
      asked.end(body);
    });
}
