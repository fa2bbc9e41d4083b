// The same three tools as a plugin of this gateway; with `structured` they have output schemas and answer with data as well.
import * as v from 'valibot';
import { definePlugin, defineTool, startGateway, withContent } from '../../../dist/index.js';
import { gatewayConfig } from '../../servers/gateway-config.mjs';
import { openShop } from './shop.mjs';

const { folder, structured, ...options } = JSON.parse(process.argv[2]);
const annotations = { readOnlyHint: true, destructiveHint: false, idempotentHint: true, openWorldHint: false };

const Item = v.object({ product_id: v.number(), quantity: v.number() });
const Product = v.object({
  id: v.number(),
  sku: v.string(),
  name: v.string(),
  price: v.number(),
  rating: v.number(),
  popularity_rank: v.number(),
});
const outputs = {
  search_products: v.object({
    category: v.string(),
    total_found: v.number(),
    products: v.array(Product),
    top10_popular_ids: v.array(v.number()),
  }),
  get_user_cart: v.object({
    user_id: v.string(),
    cart: v.object({ items: v.array(v.unknown()), item_count: v.number(), estimated_total: v.number() }),
    recent_history: v.array(v.unknown()),
  }),
  checkout: v.object({
    order_id: v.string(),
    user_id: v.string(),
    total: v.number(),
    items_count: v.number(),
    rate_limit_count: v.number(),
    status: v.string(),
  }),
};

function tool(name, description, input, run) {
  const answer = async (deps, values) => {
    const data = await deps[run](values);
    return structured ? data : withContent([{ type: 'text', text: JSON.stringify(data) }]);
  };
  return defineTool({
    name,
    title: name,
    description,
    input: v.strictObject(input),
    ...(structured ? { output: outputs[name] } : {}),
    annotations: name === 'checkout' ? { ...annotations, readOnlyHint: false, idempotentHint: false } : annotations,
    handler: ({ deps }, values) => answer(deps, values),
  });
}

const shopPlugin = definePlugin({
  name: 'shop',
  title: 'Shop',
  description: 'A shop.',
  config: v.strictObject({}),
  tools: [
    tool(
      'search_products',
      'Searches products by category and price, with their popularity.',
      {
        category: v.optional(v.string(), 'Electronics'),
        min_price: v.optional(v.number(), 50),
        max_price: v.optional(v.number(), 500),
        limit: v.optional(v.number(), 10),
      },
      'searchProducts',
    ),
    tool(
      'get_user_cart',
      "Returns a user's cart and recent orders.",
      { user_id: v.optional(v.string(), 'user-00042') },
      'getUserCart',
    ),
    tool(
      'checkout',
      'Prices and records an order.',
      { user_id: v.optional(v.string(), 'user-00042'), items: v.array(Item) },
      'checkout',
    ),
  ],
  start: () => openShop(options),
});

const gateway = await startGateway({ config: gatewayConfig(folder), plugins: [shopPlugin] });
await gateway.ready;
process.send({ port: Number(new URL(gateway.listeners[0].url).port) });
