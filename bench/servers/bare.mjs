// The limit: node:http, parse, fixed answer, serialise. Nothing is checked, found or refused.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { listingFile } = JSON.parse(process.argv[2]);
const listing = listingFile && readFileSync(listingFile, 'utf8');

const server = createServer((incoming, outgoing) => {
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', () => {
    const { id, params } = JSON.parse(Buffer.concat(chunks).toString());
    const text = listing
      ? `{"jsonrpc":"2.0","id":${JSON.stringify(id)},"result":${listing}}`
      : JSON.stringify({ jsonrpc: '2.0', id, result: answer(params.arguments) });
    outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    outgoing.end(text);
  });
});

function answer({ message }) {
  const data = { message };
  return { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: data };
}

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
