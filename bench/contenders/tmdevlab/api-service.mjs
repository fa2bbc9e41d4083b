// The upstream of the TM Dev Lab workload: a catalogue of 100,000 products, made by the published formulas. An answer is made
// once for each question, so that this process is not what is measured.
import { createServer } from 'node:http';

const categories =
  'Electronics Books Clothing Sports Home Garden Toys Food Beauty Automotive Music Movies Games Office Health Pets Travel Tools Jewelry Baby'.split(
    ' ',
  );
const products = Array.from({ length: 100_000 }, (_, index) => ({
  id: index + 1,
  sku: `SKU-${String(index + 1).padStart(6, '0')}`,
  name: `${categories[index % 20]} item ${index + 1}`,
  category: categories[index % 20],
  price: 1 + (index % 99_900) / 100,
  stock: index % 501,
  rating: 1 + (index % 40) / 10,
  description: `Item ${index + 1} of ${categories[index % 20]}.`,
}));
const answers = new Map();

function search(query) {
  const category = query.get('category');
  const [least, most, limit] = ['min_price', 'max_price', 'limit'].map((name) => Number(query.get(name)));
  const found = products.filter(
    (product) => product.category === category && product.price >= least && product.price <= most,
  );
  found.sort((a, b) => a.price - b.price);
  return { category, total_found: found.length, products: found.slice(0, limit) };
}

function price({ user_id, items }) {
  const cents = (amount) => Math.round(amount * 100) / 100;
  const subtotal = cents(
    items.reduce((sum, { product_id, quantity }) => sum + products[product_id - 1].price * quantity, 0),
  );
  const isLarge = subtotal >= 100;
  const [tax, shipping, discount] = [cents(subtotal * 0.085), isLarge ? 0 : 5.99, isLarge ? cents(subtotal * 0.1) : 0];
  const order_id = `ORD-${user_id.replaceAll('-', '')}-${items.length}`;
  const total = cents(subtotal + tax + shipping - discount);
  return { order_id, user_id, subtotal, tax, shipping, discount, total, items_count: items.length };
}

function answerTo(url, body) {
  const { pathname, searchParams } = new URL(url, 'http://127.0.0.1');
  if (pathname === '/products/search') return search(searchParams);
  if (pathname === '/cart/calculate') return price(JSON.parse(body));
  return products[Number(pathname.split('/').at(-1)) - 1];
}

const server = createServer((incoming, outgoing) => {
  let body = '';
  incoming.setEncoding('utf8');
  incoming.on('data', (chunk) => {
    body += chunk;
  });
  incoming.on('end', () => {
    const question = `${incoming.url} ${body}`;
    const text = answers.get(question) ?? JSON.stringify(answerTo(incoming.url, body));
    answers.set(question, text);
    outgoing
      .writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) })
      .end(text);
  });
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
