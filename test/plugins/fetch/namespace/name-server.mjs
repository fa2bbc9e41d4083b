import { createSocket } from 'node:dgram';

/** A DNS server for A and AAAA records. `answer(name, type)` gives addresses; none is NODATA, undefined is NXDOMAIN. */
export async function startNameServer(answer) {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => socket.send(replyTo(query, answer), from.port, from.address));
  await new Promise((resolve, reject) => socket.once('error', reject).bind(53, '127.0.0.1', resolve));
  return socket;
}

function replyTo(query, answer) {
  const labels = [];
  let at = 12;
  while (query[at] !== 0) {
    labels.push(query.toString('latin1', at + 1, at + 1 + query[at]));
    at += 1 + query[at];
  }
  const type = query.readUInt16BE(at + 1);
  const question = query.subarray(12, at + 5);
  const known = answer(labels.join('.').toLowerCase(), type === 28 ? 'AAAA' : 'A');
  const addresses = type === 1 || type === 28 ? (known ?? []) : [];
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(known === undefined ? 0x8183 : 0x8180, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  return Buffer.concat([header, question, ...addresses.map((address) => record(address, type))]);
}

/** One record with a life of 0 seconds, so that every question is asked again. */
function record(address, type) {
  const data = type === 1 ? Buffer.from(address.split('.').map(Number)) : wide(address);
  const head = Buffer.from([0xc0, 0x0c, 0, type, 0, 1, 0, 0, 0, 0, 0, data.length]);
  return Buffer.concat([head, data]);
}

function wide(address) {
  const [left, right = ''] = address.split('::');
  const groups = (text) => (text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16)));
  const [first, last] = [groups(left), groups(right)];
  const all = [...first, ...Array(8 - first.length - last.length).fill(0), ...last];
  return Buffer.from(all.flatMap((group) => [group >> 8, group & 255]));
}
