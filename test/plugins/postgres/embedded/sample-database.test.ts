import { expect, test } from 'vitest';
import { openForFile, value } from './open-engine.ts';

const engine = await openForFile();

test('it is a database of its own, with ten tables that hold rows', async () => {
  expect(await value(engine, 'current_database()')).toBe('bookshop');
  const tables = await engine.catalog(
    `SELECT relname, reltuples FROM pg_class
     WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY relname`,
    [],
  );
  expect(tables.map(({ relname }) => relname)).toEqual([
    'authors',
    'book_authors',
    'books',
    'customers',
    'order_items',
    'orders',
    'payments',
    'publishers',
    'reviews',
    'stock_movements',
  ]);
  for (const { relname, reltuples } of tables) expect(Number(reltuples), relname ?? '').toBeGreaterThan(20);
});

test.each([
  ['foreign keys', "SELECT count(*) AS n FROM pg_constraint WHERE contype = 'f' AND conparentid = 0", 10],
  ['checks', "SELECT count(*) AS n FROM pg_constraint WHERE contype = 'c'", 10],
  ['indexes', "SELECT count(*) AS n FROM pg_indexes WHERE schemaname = 'public'", 25],
  ['comments', "SELECT count(*) AS n FROM pg_description WHERE classoid = 'pg_class'::regclass AND objoid > 16384", 15],
  ['an enum', "SELECT count(*) AS n FROM pg_enum WHERE enumtypid = 'order_status'::regtype", 6],
  ['partitions', "SELECT count(*) AS n FROM pg_inherits WHERE inhparent = 'stock_movements'::regclass", 2],
  ['a trigger', "SELECT count(*) AS n FROM pg_trigger WHERE tgrelid = 'orders'::regclass AND NOT tgisinternal", 1],
  ['jsonb', 'SELECT count(*) AS n FROM books WHERE attributes @> \'{"format": "hardcover"}\'', 20],
  ['arrays', "SELECT count(*) AS n FROM books WHERE 'crime' = ANY (tags)", 20],
  ['statistics of statements', 'SELECT count(*) AS n FROM pg_stat_statements WHERE calls > 0', 5],
])('it has %s', async (_what, sql, least) => {
  const [row] = await engine.catalog(sql, []);
  expect(Number(row?.n)).toBeGreaterThanOrEqual(least);
});

test.each([
  ['every constraint is validated', 'SELECT conname FROM pg_constraint WHERE NOT convalidated'],
  [
    'lines belong to orders, and orders to customers who existed',
    `SELECT o.id FROM orders o LEFT JOIN customers c ON c.id = o.customer_id
     WHERE c.id IS NULL OR o.placed_at < c.created_at OR NOT EXISTS (SELECT FROM order_items i WHERE i.order_id = o.id)`,
  ],
  [
    "an order's total is the sum of its lines",
    `SELECT o.id FROM orders o JOIN order_items i ON i.order_id = o.id GROUP BY o.id
     HAVING o.total <> o.shipping_cost + sum(i.quantity * i.unit_price)`,
  ],
  [
    'what is in stock is what moved',
    'SELECT b.id FROM books b WHERE b.stock <> coalesce((SELECT sum(change) FROM stock_movements m WHERE m.book_id = b.id), 0)',
  ],
  [
    'reviews are of books that were delivered before',
    `SELECT r.id FROM reviews r WHERE NOT EXISTS (
     SELECT FROM orders o JOIN order_items i ON i.order_id = o.id
     WHERE o.customer_id = r.customer_id AND i.book_id = r.book_id AND o.delivered_at < r.created_at)`,
  ],
  [
    'nobody died before they were born, or was seen before they registered',
    `SELECT id FROM authors WHERE died <= born
     UNION ALL SELECT id FROM customers WHERE last_seen_at < created_at`,
  ],
])('%s', async (_rule, violations) => {
  expect(await engine.catalog(`${violations} LIMIT 5`, [])).toEqual([]);
});

test('its views answer', async () => {
  const months = await engine.catalog('SELECT * FROM sales_by_month ORDER BY month', []);
  expect(months.length).toBeGreaterThan(18);
  for (const { orders, revenue } of months) expect(Number(revenue)).toBeGreaterThan(Number(orders));
  expect(Number(await value(engine, '(SELECT count(*) FROM bestsellers WHERE copies > 10)'))).toBeGreaterThan(50);
});

test('its tables look analysed, as those of a server that has been up for a while', async () => {
  const never = '(SELECT count(*) FROM pg_stat_user_tables WHERE last_analyze IS NULL)';
  expect(await value(engine, never)).toBe('0');
  expect(await value(engine, "(SELECT n_live_tup FROM pg_stat_user_tables WHERE relname = 'orders')")).toBe('1500');
});
