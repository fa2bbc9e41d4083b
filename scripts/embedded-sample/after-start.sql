-- Run after every start, in the background. PGlite keeps no statistics counters when it closes, so that without ANALYZE
-- every table would look empty and never analysed; the rest is what a shop's application asks all day, for pg_stat_statements.
analyze publishers, authors, books, book_authors, customers, orders, order_items, payments, reviews, stock_movements, bestsellers;
select pg_stat_statements_reset();
select b.id, b.title, b.price, b.stock from books b where b.tags && array['crime'] order by b.published_on desc limit 20;
select o.id, o.status, o.placed_at, o.total from orders o where o.customer_id = 17 order by o.placed_at desc limit 10;
select i.line_no, b.title, i.quantity, i.unit_price from order_items i join books b on b.id = i.book_id where i.order_id = 100640;
select title, ts_rank(search, q) as rank from books, websearch_to_tsquery('english', 'lighthouse or garden') q where search @@ q order by rank desc limit 10;
select round(avg(rating), 2) as average, count(*) as reviews from reviews where book_id = 42;
select * from sales_by_month order by month desc limit 12;
select c.country, count(distinct o.id) as orders, sum(o.total) as revenue from customers c join orders o on o.customer_id = c.id where o.status <> 'cancelled' group by c.country order by revenue desc;
select id, title, stock from books where stock < 5 order by stock, title limit 50;
select r.rating, r.body, r.created_at from reviews r where r.customer_id = 8 order by r.created_at desc;
select a.name, count(*) as books from authors a join book_authors ba on ba.author_id = a.id group by a.id order by books desc, a.name limit 10;
