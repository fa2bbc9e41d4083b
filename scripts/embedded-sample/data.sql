-- Fills the bookshop. Every value is a hash of its row's key, so that each build makes the same rows.
-- Time ends at 2026-11-01, about the time of the last release that changed this file.

create schema build;
create function build.pick(key text, n integer) returns integer immutable language sql
  as $$ select ((hashtextextended(key, 7) & 9223372036854775807) % n)::integer $$;
create function build.share(key text) returns double precision immutable language sql
  as $$ select (hashtextextended(key, 11) & 1048575) / 1048576.0 $$;
create function build.one(key text, choices text[]) returns text immutable language sql
  as $$ select choices[1 + build.pick(key, cardinality(choices))] $$;
create function build.person(key text) returns text immutable language sql as $$
  select build.one(key || 'first', '{Amara,Anna,Arjun,Beatriz,Bruno,Camille,Carlos,Chiara,Daniel,Elena,Emil,Fatima,Felix,Freya,Grace,Hana,Hugo,Ingrid,Ines,Jakub,James,Julia,Kenji,Lars,Laura,Leila,Liam,Lucas,Maja,Marta,Mateo,Mei,Milan,Nadia,Nina,Noah,Olga,Omar,Paula,Pedro,Priya,Rosa,Samir,Sara,Sofia,Stefan,Tariq,Thomas,Yara,Zoe}')
    || ' ' ||
         build.one(key || 'last', '{Abbas,Almeida,Andersson,Becker,Bianchi,Brandt,Carvalho,Chen,Costa,Dubois,Eriksen,Ferrari,Fischer,Garcia,Hansen,Haddad,Horvat,Ivanova,Jansen,Jensen,Kaur,Keller,Kowalski,Larsen,Lefevre,Lindgren,Lopez,Marino,Martin,Meyer,Moreau,Mori,Murphy,Nielsen,Novak,Okafor,Oliveira,Patel,Petrov,Popescu,Ricci,Rossi,Sato,Schmidt,Silva,Svensson,Tanaka,Virtanen,Walsh,Weber}')
$$;
create function build.country(key text) returns text immutable language sql
  as $$ select build.one(key, '{DE,DE,DE,FR,FR,GB,GB,NL,IT,ES,PT,SE,DK,PL,AT,BE,IE,FI}') $$;

insert into publishers (name, country, founded_year, website)
select name, build.country(name || 'c'), 1870 + build.pick(name, 145),
       'https://' || replace(lower(name), ' ', '-') || '.example'
from unnest('{Alder Press,Amber Lane Books,Blue Heron,Cartographer House,Clay and Ink,Copper Beech,Driftwood Editions,Fable Street,Fjord Verlag,Glass Harbour,Golden Thread,Grey Owl Press,Juniper Books,Lantern Row,Marginalia,Meridian Academic,North Quay,Paper Crane,Quill and Compass,Red Kite,Salt Marsh Press,Sparrow Editions,Tidewater,Wren House}'::text[]) as name;

insert into authors (name, country, born, died)
select name, build.country('ac' || name), born,
       case when born < '1940-01-01' and build.pick('ad' || name, 3) > 0 then born + 18000 + build.pick('ax' || name, 9000) end
from (select build.person('author' || n) as name, date '1914-01-01' + build.pick('ab' || min(n), 20000) as born, min(n) as n
      from generate_series(1, 170) n group by 1) a
order by n;

insert into books (isbn, title, publisher_id, published_on, language, pages, price, tags, attributes)
select '978' || lpad((3000000000 + n * 7919::bigint + build.pick('i' || n, 900))::text, 10, '0'),
       case build.pick('t' || n, 5)
         when 0 then 'The ' || adjective || ' ' || noun
         when 1 then 'The ' || noun || ' of ' || place
         when 2 then adjective || ' ' || noun
         when 3 then 'From ' || place || ' to ' || build.one('to' || n, '{Batumi,Cadiz,Hanoi,Montevideo,Nuuk,Riga,Tbilisi,Turku,Ushuaia,Zadar}')
         else start || ' the ' || noun
       end || case when n > 360 then ', volume ' || (1 + n % 3) else '' end,
       1 + build.pick('p' || n, 24),
       date '2026-09-15' - (power(build.share('d' || n), 2.2) * 14000)::integer,
       build.one('l' || n, '{en,en,en,en,en,de,fr,es,it}'),
       96 + build.pick('pg' || n, 620),
       6.90 + build.pick('pr' || n, 56) / 2.0 + build.pick('pc' || n, 2) * 0.09,
       array[genre] || case when build.pick('t2' || n, 2) = 0 then array[build.one('t3' || n, '{award,translation,debut,illustrated,classic,signed}')] else '{}' end,
       jsonb_build_object('format', build.one('f' || n, '{paperback,paperback,hardcover,ebook}'), 'weight_g', 150 + build.pick('w' || n, 900))
         || case when build.pick('aw' || n, 9) = 0
              then jsonb_build_object('awards', jsonb_build_array(jsonb_build_object('name', build.one('an' || n, '{Northern Light Prize,Harbour Award,Golden Quill}'), 'year', 2010 + build.pick('ay' || n, 16))))
              else '{}' end
from (select n,
             build.one('adj' || n, '{Silent,Hidden,Last,Salt,Paper,Winter,Distant,Borrowed,Crooked,Golden,Hollow,Patient,Restless,Unwritten,Second,Northern,Quiet,Glass,Amber,Broken,Wandering,Blue,Ordinary,Secret}') as adjective,
             build.one('noun' || n, '{Garden,Lighthouse,Map,Orchard,River,Clock,Library,Harbour,Mirror,Bridge,Kitchen,Forest,Atlas,Window,Tide,Archive,Orchestra,Pilot,Botanist,Cartographer,Translator,Staircase,Winter,Island,Ferry,Bakery}') as noun,
             build.one('start' || n, '{Beyond,Inside,Under,Before,After,Leaving,Without,Beside}') as start,
             build.one('place' || n, '{Lisbon,Tangier,the North Sea,Trieste,Bergen,Samarkand,the Marshes,Porto,Gdansk,Kyoto,the Alps,Valparaiso,Odessa,Galway}') as place,
             build.one('genre' || n, '{fiction,fiction,fiction,crime,crime,history,biography,science,travel,poetry,children,cooking}') as genre
      from generate_series(1, 420) n) b;

insert into book_authors (book_id, author_id, position)
select book_id, author_id, row_number() over (partition by book_id order by k)
from (select distinct on (b.id, 2) b.id as book_id, 1 + build.pick('ba' || b.id || k, (select count(*)::integer from authors)) as author_id, k
      from books b cross join generate_series(1, 3) k
      where k = 1 or build.pick('bk' || b.id || k, 7) = 0
      order by b.id, 2, k) x;

insert into customers (email, full_name, country, city, preferences, newsletter, created_at, last_seen_at)
select lower(replace(name, ' ', '.')) || n || '@example.com', name, country,
       build.one('city' || n, case country
         when 'DE' then '{Berlin,Hamburg,Leipzig,Cologne}' when 'FR' then '{Paris,Lyon,Nantes}' when 'GB' then '{London,Leeds,Bristol}'
         when 'NL' then '{Utrecht,Rotterdam}' when 'IT' then '{Turin,Bologna,Rome}' when 'ES' then '{Madrid,Valencia}' when 'PT' then '{Lisbon,Porto}'
         when 'SE' then '{Malmo,Uppsala}' when 'DK' then '{Aarhus,Copenhagen}' when 'PL' then '{Krakow,Gdansk}' when 'AT' then '{Vienna,Graz}'
         when 'BE' then '{Ghent,Antwerp}' when 'IE' then '{Dublin,Cork}' else '{Helsinki,Tampere}' end::text[]),
       case when build.pick('pf' || n, 3) = 0 then '{}' else jsonb_build_object(
         'favourite_tags', jsonb_build_array(build.one('ft' || n, '{fiction,crime,history,poetry,travel}'), build.one('fu' || n, '{science,cooking,children,biography}')),
         'language', build.one('fl' || n, '{en,de,fr,es,it}')) end,
       build.pick('nl' || n, 5) < 2,
       created_at,
       case when build.pick('seen' || n, 12) > 0 then created_at + (timestamptz '2026-11-01 00:00Z' - created_at) * build.share('ls' || n) end
from (select n, build.person('customer' || n) as name, build.country('cc' || n) as country,
             timestamptz '2026-10-28 21:00Z' - make_interval(secs => power(build.share('cr' || n), 0.9) * 660 * 86400) as created_at
      from generate_series(1, 320) n) c
order by created_at;

insert into orders (customer_id, status, placed_at, shipped_at, delivered_at, shipping_cost, note, updated_at)
select customer_id, status, placed_at, shipped_at,
       case when status in ('delivered', 'refunded') then shipped_at + make_interval(hours => 20 + build.pick('dl' || n, 110)) end,
       case when build.pick('sc' || n, 3) = 0 then 0 else 3.90 end,
       case when build.pick('note' || n, 14) = 0 then build.one('nt' || n, '{Please leave with the neighbour,Gift wrap please,Ring twice,Signed copy if possible}') end,
       coalesce(shipped_at, placed_at) + interval '3 hours'
from (select *, case when status in ('shipped', 'delivered', 'refunded') then placed_at + make_interval(mins => 300 + build.pick('sh' || n, 3400)) end as shipped_at
      from (select n, c.id as customer_id,
                   greatest(c.created_at + interval '7 minutes',
                            date_trunc('day', timestamptz '2026-10-31Z' - (timestamptz '2026-10-31Z' - c.created_at) * build.share('op' || n))
                            + make_interval(secs => 86400 * (0.28 + 0.68 * build.share('hour' || n)))) as placed_at
            from generate_series(1, 1500) n
            join lateral (select id, created_at from customers where id = 1 + (power(build.share('oc' || n), 1.6) * 319)::integer) c on true) p
      cross join lateral (select (case
          when build.pick('os' || n, 25) = 0 then 'cancelled'
          when build.pick('or' || n, 40) = 0 and placed_at < '2026-10-10' then 'refunded'
          when placed_at > '2026-10-30' then build.one('ps' || n, '{pending,paid}')
          when placed_at > '2026-10-24' then 'shipped'
          else 'delivered' end)::order_status as status) s) o
order by placed_at;

insert into order_items (order_id, line_no, book_id, quantity, unit_price)
select o.id, row_number() over (partition by o.id order by b.id), b.id,
       case when build.pick('q' || o.id || b.id, 9) = 0 then 2 + build.pick('qq' || o.id, 3) else 1 end,
       case when o.placed_at < '2026-01-01' then round(b.price * 0.95, 2) else b.price end
from orders o
cross join lateral (select distinct 1 + (power(build.share('bk' || o.id || k), 2) * 419)::integer * 131 % 420 as book_id
                    from generate_series(1, 1 + build.pick('n' || o.id, 4)) k) l
join books b on b.id = l.book_id;

update customers c set last_seen_at = greatest(last_seen_at, (select max(placed_at) from orders o where o.customer_id = c.id));
update orders o set total = shipping_cost + (select sum(quantity * unit_price) from order_items i where i.order_id = o.id);

insert into payments (id, order_id, method, amount, paid_at, provider)
select md5('payment' || o.id || sign)::uuid, o.id, build.one('pm' || o.id, '{card,card,card,paypal,paypal,transfer,voucher}'), sign * o.total,
       case when sign > 0 then o.placed_at + make_interval(secs => 20 + build.pick('pt' || o.id, 900)) else o.delivered_at + interval '9 days' end,
       jsonb_build_object('reference', upper(substr(md5('ref' || o.id || sign), 1, 12)), 'risk_score', round(build.share('rs' || o.id)::numeric, 3))
from orders o join (values (1), (-1)) s (sign) on sign > 0 or o.status = 'refunded'
where o.status not in ('pending', 'cancelled')
order by 5;

insert into reviews (book_id, customer_id, rating, body, created_at)
select book_id, customer_id, rating,
       case rating
         when 5 then build.one(key, '{Could not put it down.,Bought a second copy as a gift.,The best thing I read this year.}')
         when 4 then build.one(key, '{A slow start but well worth it.,Beautifully written.,"Good, if a little long."}')
         when 3 then build.one(key, '{Fine for a train journey.,"Nice idea, uneven execution."}')
         when 2 then build.one(key, '{Not for me.,The translation is clumsy.}')
         else build.one(key, '{Arrived damaged.,Gave up after fifty pages.}') end,
       delivered_at + make_interval(hours => 30 + build.pick('rt' || key, 700))
from (select distinct on (i.book_id, o.customer_id) i.book_id, o.customer_id, o.delivered_at, i.book_id || '-' || o.customer_id as key,
             (array[5, 5, 5, 4, 4, 4, 4, 3, 3, 2, 1])[1 + build.pick('rr' || i.book_id || '-' || o.customer_id, 11)] as rating
      from order_items i join orders o on o.id = i.order_id
      where o.status = 'delivered' and o.delivered_at < '2026-09-25' and build.pick('rv' || i.order_id || i.book_id, 4) = 0
      order by i.book_id, o.customer_id, o.placed_at) r
order by 5;

insert into stock_movements (moved_at, book_id, change, reason)
select o.shipped_at, i.book_id, -i.quantity, 'sale' from orders o join order_items i on i.order_id = o.id where o.shipped_at is not null
union all
select o.delivered_at + interval '9 days', i.book_id, i.quantity, 'return' from orders o join order_items i on i.order_id = o.id where o.status = 'refunded'
union all
select timestamptz '2025-01-02 09:00Z' + make_interval(days => k * 90 + build.pick('mv' || b.id || k, 60), hours => build.pick('mh' || b.id || k, 8)), b.id, 3 + build.pick('mc' || b.id || k, 14), 'delivery'
from books b cross join generate_series(0, 6) k where build.pick('mk' || b.id || k, 3) = 0
order by 1;
insert into stock_movements (moved_at, book_id, change, reason)
select timestamptz '2026-01-12 08:30Z' + make_interval(hours => build.pick('top' || book_id, 1500)), book_id, build.pick('up' || book_id, 12) - sum(change) + 1, 'delivery'
from stock_movements group by book_id having sum(change) < 0 order by 1;
update books b set stock = coalesce((select sum(change) from stock_movements m where m.book_id = b.id), 0);

create trigger orders_touch_updated_at before update on orders for each row execute function touch_updated_at();
drop schema build cascade;
refresh materialized view bestsellers;
