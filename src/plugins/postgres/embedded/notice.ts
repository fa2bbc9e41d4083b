/** How a user gets from the embedded database to their own. */
export const howToConnect =
  'Set DATABASE_URL=postgresql://user:password@host:5432/database (or plugins.postgres.databases in config.yaml) and restart.';

/** What the start-up banner, /health and list_databases say while no database is configured. */
export const embeddedNotice = `No database is configured, so this is the embedded PostgreSQL with a sample bookshop, read-only. To use your own: ${howToConnect}`;
