import { HttpConnection } from './http-connection.mjs';
import { getStream, initialize, initialized, post } from './requests.mjs';
import { toolName } from './workloads.mjs';

/** Further loopback addresses to connect from, each with ephemeral ports of its own; Linux routes all of 127/8. */
export function sourceAddress(n) {
  return process.platform === 'linux' ? `127.0.${1 + (Math.floor(n / 250) % 4)}.${1 + (n % 250)}` : undefined;
}

/**
 * One session as LiteLLM makes it with the Python SDK: a connection for the stream, another one for the POSTs, which httpx
 * keeps open between them; connect, initialize, initialized, one call, close. Throws where any answer is wrong.
 */
export async function runSession({ port, path, tools }, id) {
  const stream = await openStream(port, path, sourceAddress(id));
  const posts = await HttpConnection.open(port, sourceAddress(id));
  try {
    const send = async (body) => {
      const answer = await posts.request(post(stream.endpoint, body));
      if (answer.status !== 202) throw new Error(`a POST was answered ${answer.status}: ${answer.body.slice(0, 200)}`);
    };
    await send(initialize('2025-11-25'));
    const hello = JSON.parse(await stream.next());
    if (hello.id !== 0 || !hello.result?.serverInfo) throw new Error('no answer to initialize');
    await send(initialized);
    const name = toolName(id % tools);
    await send(
      `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"${name}","arguments":{"message":"m-${id}"}}}`,
    );
    const answer = JSON.parse(await stream.next());
    if (answer.id !== 1 || !answer.result?.content?.[0]?.text?.includes(`m-${id}`)) {
      throw new Error(`wrong answer to tools/call: ${JSON.stringify(answer).slice(0, 300)}`);
    }
  } finally {
    posts.close();
    stream.close();
  }
}

/** Opens a stream and reads its endpoint event. `next` resolves with the data of the next message event. */
export async function openStream(port, path, localAddress) {
  const connection = await HttpConnection.open(port, localAddress);
  const events = new EventQueue();
  const { status } = await connection.stream(getStream(path), (text) => events.feed(text));
  if (status !== 200) throw new Error(`GET ${path} was answered ${status}`);
  const endpoint = await events.next();
  return { endpoint, next: () => events.next(), close: () => connection.close() };
}

/** The data of events, in order; comments and event names are passed over. */
class EventQueue {
  #text = '';
  #ready = [];
  #waiting;

  feed(text) {
    this.#text += text;
    for (let end = this.#text.indexOf('\n\n'); end !== -1; end = this.#text.indexOf('\n\n')) {
      const data = /^data: ?(.*)$/m.exec(this.#text.slice(0, end))?.[1];
      this.#text = this.#text.slice(end + 2);
      if (data === undefined) continue;
      const waiting = this.#waiting;
      this.#waiting = undefined;
      if (waiting) waiting(data);
      else this.#ready.push(data);
    }
  }

  next() {
    const data = this.#ready.shift();
    if (data !== undefined) return Promise.resolve(data);
    return new Promise((resolve) => {
      this.#waiting = resolve;
    });
  }
}
