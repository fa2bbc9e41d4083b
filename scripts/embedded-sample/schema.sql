-- The sample database of the embedded PostgreSQL: an independent bookshop that sells online.

comment on database bookshop is 'Sample data: an independent bookshop that sells online';

create extension pg_stat_statements;

create role gateway_reader nologin;
grant pg_read_all_data, pg_monitor to gateway_reader;
comment on role gateway_reader is 'What every statement that arrives through the gateway runs as';

create type order_status as enum ('pending', 'paid', 'shipped', 'delivered', 'cancelled', 'refunded');
comment on type order_status is 'Life of an order, in this order; cancelled and refunded are ends';

create table publishers (
  id integer generated always as identity primary key,
  name text not null unique,
  country char(2) not null,
  founded_year smallint check (founded_year between 1400 and 2100),
  website text
);
comment on table publishers is 'Publishing houses the shop buys from';
comment on column publishers.country is 'ISO 3166-1 alpha-2';

create table authors (
  id integer generated always as identity primary key,
  name text not null,
  country char(2),
  born date,
  died date,
  constraint authors_life check (died is null or died > born)
);
create index authors_name_idx on authors (lower(name));
comment on table authors is 'People who wrote at least one book in the catalogue';

create table books (
  id integer generated always as identity primary key,
  isbn char(13) not null unique check (isbn ~ '^97[89][0-9]{10}$'),
  title text not null,
  publisher_id integer not null references publishers (id),
  published_on date not null,
  language char(2) not null default 'en',
  pages smallint check (pages > 0),
  price numeric(8, 2) not null check (price >= 0),
  stock integer not null default 0 check (stock >= 0),
  tags text[] not null default '{}',
  attributes jsonb not null default '{}',
  search tsvector generated always as (to_tsvector('english', title)) stored
);
create index books_publisher_id_idx on books (publisher_id);
create index books_tags_idx on books using gin (tags);
create index books_attributes_idx on books using gin (attributes jsonb_path_ops);
create index books_search_idx on books using gin (search);
create index books_low_stock_idx on books (stock) where stock < 5;
comment on table books is 'The catalogue: one row an edition';
comment on column books.price is 'Current price in euros, tax included';
comment on column books.attributes is 'Format, weight in grams, awards; keys vary by edition';

create table book_authors (
  book_id integer not null references books (id) on delete cascade,
  author_id integer not null references authors (id),
  position smallint not null default 1,
  primary key (book_id, author_id)
);
create index book_authors_author_id_idx on book_authors (author_id);
comment on column book_authors.position is 'Order of the names on the cover, from 1';

create table customers (
  id integer generated always as identity primary key,
  email text not null unique,
  full_name text not null,
  country char(2) not null,
  city text not null,
  preferences jsonb not null default '{}',
  newsletter boolean not null default false,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz
);
create index customers_created_at_idx on customers (created_at);
comment on table customers is 'Registered customers; all people are invented';
comment on column customers.preferences is 'Favourite tags, language and currency chosen in the account settings';

create table orders (
  id bigint generated always as identity (start with 100001) primary key,
  customer_id integer not null references customers (id),
  status order_status not null default 'pending',
  placed_at timestamptz not null,
  shipped_at timestamptz,
  delivered_at timestamptz,
  shipping_cost numeric(6, 2) not null default 0,
  total numeric(10, 2) not null default 0,
  note text,
  updated_at timestamptz not null,
  constraint orders_in_time check (shipped_at >= placed_at and delivered_at >= shipped_at)
);
create index orders_customer_id_idx on orders (customer_id, placed_at desc);
create index orders_placed_at_idx on orders (placed_at);
create index orders_open_idx on orders (placed_at) where status in ('pending', 'paid');
comment on table orders is 'One row an order; its lines are in order_items';
comment on column orders.total is 'Sum of the lines and the shipping cost, in euros';

create table order_items (
  order_id bigint not null references orders (id) on delete cascade,
  line_no smallint not null,
  book_id integer not null references books (id),
  quantity smallint not null check (quantity > 0),
  unit_price numeric(8, 2) not null,
  primary key (order_id, line_no)
);
create index order_items_book_id_idx on order_items (book_id);
comment on column order_items.unit_price is 'Price when the order was placed, which may differ from books.price';

create table payments (
  id uuid primary key,
  order_id bigint not null references orders (id),
  method text not null check (method in ('card', 'paypal', 'transfer', 'voucher')),
  amount numeric(10, 2) not null,
  paid_at timestamptz not null,
  provider jsonb not null default '{}'
);
create index payments_order_id_idx on payments (order_id);
comment on table payments is 'Payments received; a refund has a negative amount';

create table reviews (
  id integer generated always as identity primary key,
  book_id integer not null references books (id) on delete cascade,
  customer_id integer not null references customers (id),
  rating smallint not null check (rating between 1 and 5),
  body text,
  created_at timestamptz not null,
  unique (book_id, customer_id)
);
comment on table reviews is 'What customers think of books they bought';

create table stock_movements (
  moved_at timestamptz not null,
  book_id integer not null references books (id),
  change integer not null check (change <> 0),
  reason text not null check (reason in ('delivery', 'sale', 'return', 'correction'))
) partition by range (moved_at);
create table stock_movements_2025 partition of stock_movements for values from ('2025-01-01') to ('2026-01-01');
create table stock_movements_2026 partition of stock_movements for values from ('2026-01-01') to ('2027-01-01');
create index stock_movements_book_id_idx on stock_movements (book_id, moved_at);
comment on table stock_movements is 'Every change of books.stock, partitioned by year';

create function touch_updated_at() returns trigger language plpgsql as $$
begin
  new.updated_at := now();
  return new;
end $$;
comment on function touch_updated_at() is 'Keeps updated_at current on every change of a row';

create view sales_by_month as
select date_trunc('month', o.placed_at) as month,
       count(distinct o.id) as orders,
       sum(i.quantity) as books_sold,
       sum(i.quantity * i.unit_price) as revenue
from orders o join order_items i on i.order_id = o.id
where o.status not in ('cancelled', 'refunded')
group by 1;
comment on view sales_by_month is 'Orders, books sold and revenue in euros by calendar month (UTC), without cancelled and refunded orders';

create materialized view bestsellers as
select b.id as book_id, b.title, sum(i.quantity) as copies, sum(i.quantity * i.unit_price) as revenue
from books b join order_items i on i.book_id = b.id join orders o on o.id = i.order_id
where o.status not in ('cancelled', 'refunded')
group by b.id
with no data;
create unique index bestsellers_book_id_idx on bestsellers (book_id);
comment on materialized view bestsellers is 'Copies sold by book, as of the last refresh';
