/** The database that the guard's tests run on: data, extensions, and functions that would do harm if they could. */
export const seed = `
CREATE EXTENSION pg_stat_statements;
CREATE EXTENSION dblink;
CREATE EXTENSION lo;
CREATE EXTENSION pageinspect;
CREATE EXTENSION pgcrypto;
CREATE EXTENSION pg_trgm;
CREATE EXTENSION tablefunc;
CREATE EXTENSION unaccent;
CREATE EXTENSION "uuid-ossp";
CREATE TABLE orders(id int PRIMARY KEY, note text, "update" text DEFAULT 'u', amount numeric, placed timestamptz);
INSERT INTO orders SELECT g, 'note' || g, 'u', g * 1.5, timestamptz '2024-01-01' + g * interval '7 minutes' FROM generate_series(1, 300) g;
CREATE VIEW numbers_view AS SELECT g FROM generate_series(1, 3) g;
CREATE SEQUENCE numbers;
CREATE TYPE mood AS ENUM ('sad', 'happy');
CREATE TYPE pair AS (x int, y int);
CREATE SCHEMA private;
CREATE TABLE private.pg_shadow AS SELECT 1 AS id;
CREATE SCHEMA cron;
CREATE FUNCTION cron.schedule(text, text) RETURNS int LANGUAGE sql AS 'SELECT 1';
CREATE FUNCTION point_of(int, int) RETURNS pair LANGUAGE sql AS 'SELECT ROW($1, $2)::pair';
CREATE FUNCTION stable_sum(int, int) RETURNS int LANGUAGE sql STABLE AS 'SELECT $1 + $2';
CREATE FUNCTION volatile_sum(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2';
CREATE FUNCTION evil_write() RETURNS int LANGUAGE plpgsql AS $$ BEGIN INSERT INTO orders(id) VALUES (999999); RETURN 1; END $$;
CREATE FUNCTION evil_definer() RETURNS int LANGUAGE plpgsql SECURITY DEFINER AS $$ BEGIN DELETE FROM orders; RETURN 1; END $$;
CREATE FUNCTION evil_row(orders) RETURNS int LANGUAGE plpgsql AS $$ BEGIN DELETE FROM orders WHERE id = $1.id; RETURN 1; END $$;
CREATE FUNCTION evil_settings() RETURNS int LANGUAGE plpgsql AS $$
  BEGIN PERFORM set_config('transaction_read_only', 'off', true); DELETE FROM orders; RETURN 1; END $$;
CREATE FUNCTION evil_internal(float8) RETURNS void LANGUAGE internal AS 'pg_sleep';
CREATE PROCEDURE evil_proc() LANGUAGE plpgsql AS $$ BEGIN COMMIT; DELETE FROM orders; COMMIT; END $$;
CREATE ROLE reader LOGIN;
GRANT SELECT ON ALL TABLES IN SCHEMA public TO reader;
ANALYZE;`;
