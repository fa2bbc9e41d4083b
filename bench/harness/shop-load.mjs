import { HttpConnection } from './http-connection.mjs';
import { initialize, initialized, messageOf, post } from './requests.mjs';
import { percentiles } from './stats.mjs';

const pauseMs = 50;

/** The calls of one user, each with the check of the published load. */
function callsOf(user_id) {
  const items = [
    { product_id: 42, quantity: 2 },
    { product_id: 1337, quantity: 1 },
  ];
  return [
    {
      name: 'search_products',
      arguments: { category: 'Electronics', min_price: 50, max_price: 500, limit: 10 },
      isRight: (data) =>
        data.total_found === 2251 && data.products.length === 10 && data.top10_popular_ids.length === 10,
    },
    {
      name: 'get_user_cart',
      arguments: { user_id },
      isRight: (data) => data.user_id === user_id && data.cart.items.length >= 1 && data.recent_history.length === 5,
    },
    {
      name: 'checkout',
      arguments: { user_id, items },
      isRight: (data) => data.status === 'confirmed' && data.total > 0 && data.items_count === 2,
    },
  ];
}

/**
 * The load of TM Dev Lab's second benchmark: users who open a session (initialize, initialized) for each of three calls and
 * for tools/list, then pause 50 ms. Requests that count are initialize, tools/call and tools/list; latency is of tools/call.
 */
export async function prepareShop({ port, connections, milliseconds, options: { path } }) {
  const users = [];
  for (let n = 1; n <= connections; n++) {
    users.push({ id: `user-${String(n).padStart(5, '0')}`, connection: await HttpConnection.open(port) });
  }
  return async () => {
    const latencies = [];
    let requests = 0;
    const started = performance.now();
    await Promise.all(
      users.map(async ({ id, connection }) => {
        while (performance.now() - started < milliseconds) {
          for (const call of callsOf(id)) {
            latencies.push(await session(connection, path, call));
            requests += 2;
          }
          await session(connection, path, undefined);
          requests += 2;
          await new Promise((resolve) => setTimeout(resolve, pauseMs));
        }
        connection.close();
      }),
    );
    return { requests, seconds: (performance.now() - started) / 1000, ...percentiles(latencies) };
  };
}

/** Milliseconds of the call, or of tools/list where there is none. Throws for a wrong answer. */
async function session(connection, path, call) {
  const hello = await connection.request(post(path, initialize('2024-11-05')));
  if (hello.status !== 200) throw new Error(`initialize was answered ${hello.status}: ${hello.body.slice(0, 200)}`);
  const id = /\r\nmcp-session-id: *(\S+)/i.exec(hello.head)?.[1];
  const header = id ? `Mcp-Session-Id: ${id}\r\n` : '';
  await connection.request(post(path, initialized, header));
  const { isRight, ...params } = call ?? {};
  const body = { jsonrpc: '2.0', id: 2, method: call ? 'tools/call' : 'tools/list', params };
  const before = performance.now();
  const answer = await connection.request(post(path, JSON.stringify(body), header));
  const took = performance.now() - before;
  const { result } = messageOf(answer) ?? {};
  const isFine = call ? result?.content && isRight(JSON.parse(result.content[0].text)) : result?.tools?.length === 3;
  if (!isFine) throw new Error(`${body.method} ${params.name ?? ''} was answered ${answer.body.slice(0, 300)}`);
  return took;
}
