// The Node server of the TM Dev Lab benchmark, made anew: express, an McpServer and a transport for each request, a cluster.
import cluster from 'node:cluster';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import express from 'express';
import * as z from 'zod';
import { openShop } from './shop.mjs';

const options = JSON.parse(process.argv[2]);

function listen() {
  const shop = openShop(options);
  const app = express().use(express.json());
  app.post('/mcp', async (request, response) => {
    const server = makeServer(shop);
    const transport = new StreamableHTTPServerTransport({ sessionIdGenerator: undefined });
    response.on('close', () => {
      void transport.close();
      void server.close();
    });
    await server.connect(transport);
    await transport.handleRequest(request, response, request.body);
  });
  const listener = app.listen(options.port ?? 0, '127.0.0.1', () => process.send({ port: listener.address().port }));
}

function makeServer(shop) {
  const server = new McpServer({ name: 'shop', version: '1.0.0' });
  const text = (run) => async (input) => ({ content: [{ type: 'text', text: JSON.stringify(await run(input)) }] });
  server.registerTool(
    'search_products',
    {
      description: 'Searches products by category and price, with their popularity.',
      inputSchema: {
        category: z.string().default('Electronics'),
        min_price: z.number().default(50),
        max_price: z.number().default(500),
        limit: z.number().default(10),
      },
    },
    text(shop.searchProducts),
  );
  server.registerTool(
    'get_user_cart',
    {
      description: "Returns a user's cart and recent orders.",
      inputSchema: { user_id: z.string().default('user-00042') },
    },
    text(shop.getUserCart),
  );
  server.registerTool(
    'checkout',
    {
      description: 'Prices and records an order.',
      inputSchema: {
        user_id: z.string().default('user-00042'),
        items: z.array(z.object({ product_id: z.number(), quantity: z.number() })),
      },
    },
    text(shop.checkout),
  );
  return server;
}

if (options.workers && cluster.isPrimary) {
  let ready = 0;
  cluster.on('message', (_worker, message) => {
    if (message.port && ++ready === options.workers) process.send({ port: message.port });
  });
  for (let worker = 0; worker < options.workers; worker++) cluster.fork();
} else {
  listen();
}
