import type { Socket } from 'node:net';
import postgres from 'postgres';
import type { ServerTarget } from './target.ts';

/** One connection of the driver. */
export type Driver = postgres.Sql;

export interface DriverHooks {
  /** Hands over the connection that was dialled; called again where the driver wants to reconnect, and must throw then. */
  readonly socket: () => Socket;
  /** Asked for when the server wants it; a promise that stays pending ends the login there. */
  readonly password: () => string | Promise<string>;
  readonly onNotice: (notice: Readonly<Record<string, string>>) => void;
}

/** Values go out as the text they are, and nothing is parsed on the way in: `decode/` does that without loss. */
const textOnly = {
  to: 25,
  from: [16, 17, 21, 23, 26, 700, 701, 114, 3802, 1082, 1114, 1184],
  serialize: (text: string) => text,
  parse: (text: string) => text,
};

/**
 * The driver, reduced to the protocol on exactly one connection that is dialled, pooled and ended here. Every option
 * is named, because the driver takes those that are not from the process's environment (PGPASSWORD, PGSSL, …).
 */
export function createDriver(target: ServerTarget, hooks: DriverHooks): Driver {
  const options = {
    // Only words for the driver's own errors: the connection comes from `socket`.
    host: 'server',
    port: 5432,
    database: target.database,
    username: target.user,
    pass: hooks.password,
    ssl: false,
    sslnegotiation: null,
    max: 1,
    max_pipeline: 3,
    // Named statements break behind a pooler in transaction mode.
    prepare: false,
    fetch_types: false,
    idle_timeout: 0,
    max_lifetime: null,
    connect_timeout: 0,
    keep_alive: 60,
    backoff: () => 0,
    debug: false,
    publications: '',
    no_subscribe: true,
    types: { text: textOnly },
    connection: {
      application_name: target.applicationName,
      ...(target.options === undefined ? {} : { options: target.options }),
    },
    socket: hooks.socket,
    onnotice: hooks.onNotice,
  };
  return postgres(options);
}
