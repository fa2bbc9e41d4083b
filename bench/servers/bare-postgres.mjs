// The limit of execute_sql: node:http and the `postgres` driver alone, no guard; with `readOnly` each query in a transaction of its own.
import { createServer } from 'node:http';
import postgres from 'postgres';

const { url, max, readOnly } = JSON.parse(process.argv[2]);
const sql = postgres(url, { max, onnotice: () => undefined });

const run = readOnly
  ? (text) => sql.begin('read only', (transaction) => transaction.unsafe(text))
  : (text) => sql.unsafe(text);

const server = createServer((incoming, outgoing) => {
  const chunks = [];
  incoming.on('data', (chunk) => chunks.push(chunk));
  incoming.on('end', async () => {
    const { id, params } = JSON.parse(Buffer.concat(chunks).toString());
    const rows = await run(params.arguments.sql);
    const data = { rows };
    const result = { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: data };
    const text = JSON.stringify({ jsonrpc: '2.0', id, result });
    outgoing.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    outgoing.end(text);
  });
});

server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
