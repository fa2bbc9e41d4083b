// Answers the few Redis commands of the workload from memory, where there is no redis-server to start.
import { createServer } from 'node:net';

const store = new Map();
const popular = { scores: new Map(), top: [] };

/** The ten best, kept while scores only grow. */
function rank(member, score) {
  popular.scores.set(member, score);
  const others = popular.top.filter(([name]) => name !== member);
  popular.top = [...others, [member, score]].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? 1 : -1)).slice(0, 10);
}

const bulk = (text) => `$${Buffer.byteLength(String(text))}\r\n${text}\r\n`;
const list = (items) => `*${items.length}\r\n${items.map(bulk).join('')}`;
const get = (key, make) => {
  if (!store.has(key)) store.set(key, make());
  return store.get(key);
};

const commands = {
  zrevrange: () => list(popular.top.map(([member]) => member)),
  zadd: (_key, ...pairs) => {
    for (let at = 0; at < pairs.length; at += 2) rank(pairs[at + 1], Number(pairs[at]));
    return ':1\r\n';
  },
  zincrby: (_key, by, member) => {
    rank(member, (popular.scores.get(member) ?? 0) + Number(by));
    return bulk(popular.scores.get(member));
  },
  hset: (key, ...fields) => {
    store.set(key, fields);
    return ':1\r\n';
  },
  hgetall: (key) => list(store.get(key) ?? []),
  lrange: (key, from, to) => list(get(key, () => []).slice(Number(from), Number(to) + 1)),
  rpush: (key, ...values) => `:${get(key, () => []).push(...values)}\r\n`,
  incr: (key) => {
    store.set(key, Number(store.get(key) ?? 0) + 1);
    return `:${store.get(key)}\r\n`;
  },
};

/** One command at the start of the text, and where it ends; undefined where it is not whole. Arguments here are ASCII. */
function parse(text, start) {
  const next = (from) => {
    const end = text.indexOf('\r\n', from);
    return end === -1 ? undefined : [Number(text.slice(from + 1, end)), end + 2];
  };
  const head = next(start);
  if (!head) return undefined;
  let [count, at] = head;
  const words = [];
  for (; count > 0; count--) {
    const size = next(at);
    if (!size || text.length < size[1] + size[0] + 2) return undefined;
    words.push(text.slice(size[1], size[1] + size[0]));
    at = size[1] + size[0] + 2;
  }
  return { words, end: at };
}

const server = createServer((socket) => {
  let text = '';
  socket.on('error', () => socket.destroy());
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    let at = 0;
    let replies = '';
    for (let command = parse(text, at); command; command = parse(text, at)) {
      const [name, ...args] = command.words;
      replies += commands[name.toLowerCase()]?.(...args) ?? '+OK\r\n';
      at = command.end;
    }
    text = text.slice(at);
    socket.write(replies);
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
