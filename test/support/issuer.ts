import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { type CryptoKey, exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose';

interface SigningKey {
  readonly kid: string;
  readonly alg: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

interface TokenOptions {
  readonly key?: SigningKey;
  readonly kid?: string;
  readonly header?: Readonly<Record<string, unknown>>;
}

/** An authorization server as far as a resource server sees it: metadata and keys, on a real port of loopback. */
export class TestIssuer {
  /** As tokens call it. */
  readonly url: string;
  /** The path of every request that it got. */
  readonly asked: string[] = [];
  /** Documents that are served in place of the usual ones, by path. */
  readonly documents = new Map<string, (outgoing: ServerResponse) => void>();
  #server: Server;
  readonly #port: number;
  #keys: SigningKey[];

  private constructor(server: Server, path: string, keys: SigningKey[]) {
    this.#server = server;
    this.#port = (server.address() as AddressInfo).port;
    this.#keys = keys;
    this.url = `http://127.0.0.1:${this.#port}${path}`;
    server.on('request', this.#answer);
  }

  /** `path`: of an issuer that is one of several on its host. */
  static async start(path = '', alg = 'ES256'): Promise<TestIssuer> {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new TestIssuer(server, path, [await makeKey('first', alg)]);
  }

  get key(): SigningKey {
    const key = this.#keys.at(-1);
    if (!key) throw new Error('the issuer has no key');
    return key;
  }

  /** Signs from now on with a new key, and publishes that one alone. */
  async rotate(kid: string, alg = 'ES256'): Promise<void> {
    this.#keys = [await makeKey(kid, alg)];
  }

  /** A token of this issuer for `audience`, good for five minutes; claims that are undefined are left out. */
  token(
    audience: unknown,
    claims: Readonly<Record<string, unknown>> = {},
    options: TokenOptions = {},
  ): Promise<string> {
    const { key = this.key, kid = key.kid, header = {} } = options;
    const now = Math.floor(Date.now() / 1000);
    const payload = { iss: this.url, sub: 'alice', aud: audience, iat: now, exp: now + 300, ...claims };
    const said = Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
    return new SignJWT(said).setProtectedHeader({ alg: key.alg, kid, ...header }).sign(key.privateKey);
  }

  /** Stops listening. */
  async down(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  /** Listens on the same port again. */
  async up(): Promise<void> {
    this.#server = createServer(this.#answer).listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  /** The client credentials grant, for the resource and the scopes that are asked for (RFC 8707). */
  async #grant(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(incoming));
    const scope = form.get('scope') ?? undefined;
    const token = await this.token(form.get('resource') ?? undefined, { sub: 'machine', scope });
    outgoing.setHeader('content-type', 'application/json');
    outgoing.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 300 }));
  }

  readonly #answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    const path = incoming.url ?? '';
    this.asked.push(path);
    if (path === '/token') {
      void this.#grant(incoming, outgoing);
      return;
    }
    const special = this.documents.get(path);
    if (special) {
      special(outgoing);
      return;
    }
    const own = new URL(this.url).pathname.replace(/\/$/, '');
    const { origin } = new URL(this.url);
    const documents: Record<string, object> = {
      [`/.well-known/oauth-authorization-server${own}`]: {
        issuer: this.url,
        jwks_uri: `${origin}/keys`,
        authorization_endpoint: `${origin}/authorize`,
        token_endpoint: `${origin}/token`,
        response_types_supported: ['code'],
        grant_types_supported: ['client_credentials'],
        token_endpoint_auth_methods_supported: ['client_secret_basic'],
        code_challenge_methods_supported: ['S256'],
      },
      '/keys': { keys: this.#keys.map(({ publicJwk }) => publicJwk) },
    };
    const document = documents[path];
    outgoing.writeHead(document ? 200 : 404, { 'content-type': 'application/json' });
    outgoing.end(JSON.stringify(document ?? {}));
  };
}

/** A key pair with its public half as a set of keys shows it. */
export async function makeKey(kid: string, alg = 'ES256'): Promise<SigningKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, privateKey, publicJwk: { ...(await exportJWK(publicKey)), kid, alg, use: 'sig' } };
}
