/** How a user gets from the embedded database to their own. */
export const howToConnect =
  'To use your own database, set DATABASE_URL=postgresql://user:password@host:5432/database (or plugins.postgres.databases in config.yaml) and restart.';

/** What list_databases and /health say of the embedded database. */
export const embeddedNotice = `This is the embedded PostgreSQL with sample data (a bookshop), not a database of yours. ${howToConnect}`;
