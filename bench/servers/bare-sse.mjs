// The limit of HTTP+SSE: node:http and a switch statement. No guard, no schema, no session beyond a map.
import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';

const streams = new Map();

function handle({ method, params }) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'bare', version: '1.0.0' },
      };
    case 'tools/call': {
      const data = { message: params.arguments.message };
      return { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: data };
    }
    default:
      return {};
  }
}

const server = createServer((incoming, outgoing) => {
  if (incoming.method === 'GET') {
    const id = randomUUID();
    streams.set(id, outgoing);
    outgoing.on('close', () => streams.delete(id));
    outgoing.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-cache' });
    outgoing.write(`event: endpoint\ndata: /message?sessionId=${id}\n\n`);
    return;
  }
  const isCall = incoming.url === '/rpc'; // answered at once: what calls beside idle streams cost
  const stream = streams.get(incoming.url.slice(incoming.url.indexOf('=') + 1));
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    const message = JSON.parse(Buffer.concat(chunks).toString());
    const answer = JSON.stringify({ jsonrpc: '2.0', id: message.id, result: handle(message) });
    if (isCall) {
      const length = Buffer.byteLength(answer);
      outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': length }).end(answer);
      return;
    }
    outgoing.writeHead(202, { 'Content-Length': 0 }).end();
    if (message.id === undefined) return;
    stream.write(`event: message\ndata: ${answer}\n\n`);
  });
});

server.listen(0, '127.0.0.1', 4096, () => process.send({ port: server.address().port }));
