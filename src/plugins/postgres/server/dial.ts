import { readFile } from 'node:fs/promises';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from 'node:tls';
import { ConnectError, lasting, passing } from './outage.ts';
import { type Address, type ServerTarget, showAddress, type TlsTarget } from './target.ts';

const sslRequest = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);

/**
 * Opens a connection to one address, up to and including TLS, ready for the first message of PostgreSQL's protocol.
 * The driver could do it, but neither checks certificates as `sslmode` asks nor survives a server that hangs up.
 */
export async function dial(target: ServerTarget, address: Address, deadlineMs: number): Promise<Socket> {
  const tls = 'path' in address ? undefined : await tlsOptions(target.tls, address.host);
  const socket = 'path' in address ? connect(address.path) : connect(address.port, address.host);
  socket.setNoDelay(true);
  ignoreLateErrors(socket);
  const timer = setTimeout(() => {
    const outage = passing(
      `${showAddress(address)} did not answer within ${deadlineMs} ms`,
      'Check that a PostgreSQL server listens there and no firewall drops packets',
    );
    socket.destroy(new ConnectError(outage));
  }, deadlineMs);
  try {
    await once(socket, 'connect');
    return tls ? await encrypt(socket, target.tls, tls, showAddress(address)) : socket;
  } catch (error) {
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function encrypt(socket: Socket, tls: TlsTarget, options: ConnectionOptions, where: string): Promise<Socket> {
  if (!tls.direct) {
    socket.write(sslRequest);
    const answer = await firstBytes(socket);
    if (answer.length !== 1 || (answer[0] !== 0x53 && answer[0] !== 0x4e)) {
      throw new ConnectError(
        lasting(`${where} does not speak PostgreSQL's protocol`, 'Correct host and port in plugins.postgres.databases'),
      );
    }
    if (answer[0] === 0x4e) {
      if (tls.mode === 'prefer') return socket;
      throw new ConnectError(
        lasting(
          `the server has no TLS, and the URL asks for sslmode=${tls.mode}`,
          'Switch ssl on in the server, or use sslmode=disable on a network you trust',
        ),
      );
    }
  }
  const secured = connectTls({ socket, ...options });
  ignoreLateErrors(secured);
  await once(secured, 'secureConnect');
  return secured;
}

/** The files are read for every connection, so that a renewed certificate needs no restart. */
async function tlsOptions(tls: TlsTarget, host: string): Promise<ConnectionOptions | undefined> {
  if (tls.mode === 'disable') return undefined;
  const ca = tls.rootCertificate === 'system' ? undefined : await pem('sslrootcert', tls.rootCertificate);
  const cert = await pem('sslcert', tls.certificate);
  const key = await pem('sslkey', tls.key);
  // As libpq does: a root certificate beside sslmode=require asks for verify-ca, and `system` for verify-full.
  const verifies =
    tls.mode === 'verify-ca' ||
    tls.mode === 'verify-full' ||
    (tls.mode === 'require' && tls.rootCertificate !== undefined);
  const namesHost = tls.mode === 'verify-full' || tls.rootCertificate === 'system';
  return {
    ...(isIP(host) ? {} : { servername: host }),
    host,
    rejectUnauthorized: verifies,
    ...(namesHost ? {} : { checkServerIdentity: () => undefined }),
    ...(ca ? { ca } : {}),
    ...(cert ? { cert } : {}),
    ...(key ? { key } : {}),
    ...(tls.passphrase ? { passphrase: tls.passphrase } : {}),
    ...(tls.direct ? { ALPNProtocols: ['postgresql'] } : {}),
  };
}

async function pem(key: string, file: string | undefined): Promise<Buffer | undefined> {
  if (file === undefined) return undefined;
  try {
    return await readFile(file);
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unreadable';
    throw new ConnectError(
      lasting(`the file ${file} of ${key} cannot be read (${code})`, `Correct ${key} in the database URL`),
      { cause },
    );
  }
}

/** Whoever waits on the socket hears its errors; without any listener a late one would end the process. */
function ignoreLateErrors(socket: Socket): void {
  socket.on('error', () => undefined);
}

function once(socket: Socket | TLSSocket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => () => {
      socket.off('error', fail).off('close', closed).off(event, done);
      end();
    };
    const fail = (error: Error) => settle(() => reject(error))();
    const closed = settle(() => reject(hungUp()));
    const done = settle(resolve);
    socket.once('error', fail).once('close', closed).once(event, done);
  });
}

function firstBytes(socket: Socket): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const settle = (end: () => void) => {
      socket.off('error', fail).off('close', closed).off('data', done);
      end();
    };
    const fail = (error: Error) => settle(() => reject(error));
    const closed = () => settle(() => reject(hungUp()));
    const done = (bytes: Buffer) => settle(() => resolve(bytes));
    socket.once('error', fail).once('close', closed).once('data', done);
  });
}

function hungUp(): Error {
  return Object.assign(new Error('closed'), { code: 'CONNECTION_CLOSED' });
}
