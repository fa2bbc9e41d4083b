import * as v from 'valibot';
import { isAddressOrRange, isBaseUrl, isHostHeader, isOrigin } from './addresses.ts';
import { AuditSettings } from './audit-settings.ts';
import { duration } from './duration.ts';
import { JwtSettings } from './jwt-settings.ts';
import { Limits } from './limits.ts';
import { McpSettings } from './mcp-settings.ts';

/** Shortest key that is accepted: 16 characters of `openssl rand -hex` are 64 random bits. */
const shortestKey = 16;

const portForm = 'must be a whole number from 0 to 65535';
const Port = v.pipe(v.number(portForm), v.integer(portForm), v.minValue(0, portForm), v.maxValue(65_535, portForm));

function listOf(description: string, fits: (text: string) => boolean, form: string) {
  return v.optional(v.pipe(v.array(v.pipe(v.string(form), v.check(fits, form))), v.description(description)), []);
}

const Server = v.pipe(
  v.strictObject({
    host: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[^\s/@]+$/, 'must be a host name or an IP address'),
        v.description('Address to listen on. Anything but loopback needs auth.keys, auth.jwt, or auth.open: true.'),
      ),
      '127.0.0.1',
    ),
    port: v.optional(
      v.pipe(Port, v.description('Port that serves every plugin under its own path; 0 takes any free one.')),
      8000,
    ),
    mode: v.optional(
      v.pipe(
        v.picklist(['prefix', 'ports', 'both']),
        v.description('prefix: one port, a path per plugin. ports: a port per plugin. both: both at once.'),
      ),
      'prefix',
    ),
    publicUrl: v.optional(
      v.nullable(
        v.pipe(
          v.string(),
          v.check(isBaseUrl, 'must be an http or https URL without credentials, query and fragment'),
          v.description('URL under which clients reach server.port, with the path prefix of a proxy if there is one.'),
          v.transform((url) => url.replace(/\/+$/, '')),
        ),
      ),
      null,
    ),
    allowedHosts: listOf(
      'Further names that the Host header may carry; loopback names and the host of publicUrl always may.',
      isHostHeader,
      'must be a host name such as tools.example.com, with or without a port, and no scheme or path',
    ),
    allowedOrigins: listOf(
      'Web pages that may call the gateway from a browser, as origins such as https://chat.example.com.',
      isOrigin,
      'must be an origin: scheme, host and port only, such as https://chat.example.com',
    ),
    trustedProxies: listOf(
      'Addresses or ranges of proxies whose X-Forwarded-Prefix is believed.',
      isAddressOrRange,
      'must be an IP address or a range such as 10.0.0.0/8',
    ),
    drainTimeout: v.optional(
      duration('How long running calls may go on after the gateway is told to stop.', '0s', '1h'),
      '10s',
    ),
  }),
  v.description('Where and how the gateway listens.'),
);

const keyForm = `must be at least ${shortestKey} visible ASCII characters without spaces; make one with: openssl rand -hex 32`;
/** A key as it may stand in the file, in a key file, or in MCP_GATEWAY_KEY. */
export const KeyText = v.pipe(v.string(), v.regex(/^[\x21-\x7e]+$/, keyForm), v.minLength(shortestKey, keyForm));

const KeyEntry = v.union([
  KeyText,
  v.strictObject({
    name: v.optional(
      v.pipe(
        v.string(),
        v.regex(/^[A-Za-z0-9._-]{1,64}$/, 'must be 1 to 64 characters of A-Z a-z 0-9 . _ -'),
        v.description('What logs and sessions call the holder of this key; key1, key2 … where absent.'),
      ),
    ),
    key: v.optional(v.pipe(KeyText, v.description('The key itself, best taken from a variable of the environment.'))),
    keyFile: v.optional(
      v.pipe(v.string(), v.nonEmpty(), v.description('File that holds the key, relative to this one; instead of key.')),
    ),
  }),
]);

const Auth = v.pipe(
  v.strictObject({
    keys: v.optional(
      v.pipe(
        v.array(KeyEntry),
        v.description('Keys that open the gateway, sent as Authorization: Bearer or X-API-Key. None: no key is asked.'),
      ),
      [],
    ),
    open: v.optional(
      v.pipe(v.boolean(), v.description('Listen beyond loopback without keys or tokens: everyone may call.')),
      false,
    ),
    jwt: v.optional(v.nullable(JwtSettings), null),
  }),
  v.description('Who may call.'),
);

const Sse = v.pipe(
  v.strictObject({
    keepAlive: v.optional(
      v.pipe(
        v.picklist(['comment', 'event']),
        v.description(
          'comment: a line starting with a colon. event: a ping event, which Go and Kotlin clients break on.',
        ),
      ),
      'comment',
    ),
    interval: v.optional(duration('How often an idle stream gets one.', '1s', '1h'), '15s'),
  }),
  v.description('Keep-alives of event streams.'),
);

const Sessions = v.pipe(
  v.strictObject({
    mode: v.optional(
      v.pipe(
        v.picklist(['auto', 'always', 'never']),
        v.description('auto: a session only for clients that can be asked something. HTTP+SSE always has one.'),
      ),
      'auto',
    ),
    idleTimeout: v.optional(duration('A session without stream or request ends after this long.', '1s', '24d'), '30m'),
    releaseAfter: v.optional(
      duration(
        'A connection that waits this long is let go, and its client polls (2025-11-25). 0s: never.',
        '0s',
        '1h',
      ),
      '0s',
    ),
  }),
  v.description('Sessions of Streamable HTTP.'),
);

const LogSettings = v.pipe(
  v.strictObject({
    level: v.optional(
      v.pipe(
        v.picklist(['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace']),
        v.description('Least severity that is logged.'),
      ),
      'info',
    ),
  }),
  v.description('The log, one JSON object a line.'),
);

/** What every plugin's block may carry beside the plugin's own settings. */
export const PluginKeys = v.strictObject({
  enabled: v.optional(v.pipe(v.boolean(), v.description('false leaves the plugin out.')), true),
  port: v.optional(v.pipe(Port, v.description('Port of this plugin where server.mode is ports or both.'))),
  module: v.optional(
    v.pipe(
      v.string(),
      v.nonEmpty(),
      v.description("A plugin that is not built in: its module's path relative to this file, or its package name."),
    ),
  ),
});

/** config.yaml as it may be written: every key optional, every unknown key an error. Plugins parse the rest of their blocks. */
export const ConfigFile = v.strictObject({
  server: v.optional(Server, {}),
  auth: v.optional(Auth, {}),
  limits: v.optional(Limits, {}),
  sse: v.optional(Sse, {}),
  sessions: v.optional(Sessions, {}),
  mcp: v.optional(McpSettings, {}),
  log: v.optional(LogSettings, {}),
  audit: v.optional(AuditSettings, {}),
  dataFolder: v.optional(
    v.nullable(
      v.pipe(v.string(), v.nonEmpty(), v.description('Where plugins keep files. null: the usual folder of the user.')),
    ),
    null,
  ),
  plugins: v.optional(v.record(v.string(), v.record(v.string(), v.unknown())), {}),
});
export type ConfigFile = v.InferOutput<typeof ConfigFile>;

/** A key that opens the gateway. The name may be logged, the key never. */
export interface ApiKey {
  readonly name: string;
  readonly key: string;
}

/** One plugin's block: whether and where it runs, and its own settings, not yet parsed by `plugin.parseConfig`. */
export interface PluginBlock {
  readonly enabled: boolean;
  /** The port of port mode; the plugin's `defaultPort` where undefined. */
  readonly port: number | undefined;
  readonly settings: Readonly<Record<string, unknown>>;
}

/** The configuration with everything resolved: times in milliseconds, sizes in bytes, keys read from their files. */
export interface GatewayConfig {
  readonly server: Readonly<ConfigFile['server']>;
  readonly auth: {
    readonly keys: readonly ApiKey[];
    readonly open: boolean;
    readonly jwt: Readonly<ConfigFile['auth']['jwt']>;
  };
  readonly limits: Readonly<ConfigFile['limits']>;
  readonly sse: Readonly<ConfigFile['sse']>;
  readonly sessions: Readonly<ConfigFile['sessions']>;
  readonly mcp: Readonly<ConfigFile['mcp']>;
  readonly log: Readonly<ConfigFile['log']>;
  /** `file` is absolute. */
  readonly audit: Readonly<ConfigFile['audit']>;
  readonly dataFolder: string;
  /** Every file that any of this was read from, absolute: config file, env file, key files and those of VAR_FILE. */
  readonly privateFiles: readonly string[];
  /** By plugin name. A plugin without a block runs with its defaults. */
  readonly plugins: ReadonlyMap<string, PluginBlock>;
}
