import type { Socket } from 'node:net';

/** Rounds of password hashing that a server may ask for: half a second of work. PostgreSQL asks for 4096. */
const mostRounds = 500_000;
/** AuthenticationSASLContinue, in which the server names them. */
const saslContinue = /r=[^,]*,s=[^,]*,i=([0-9]+)/;
const longestLogin = 65_536;

/**
 * Looks for a server that asks for so many rounds of hashing that the process would hang: the driver does what it is
 * told, without a bound and in one go. `onExcess` is called before the driver sees the message.
 */
export function watchLogin(socket: Socket, onExcess: (rounds: number) => void): { end(): void } {
  let seen = '';
  const look = (chunk: Buffer) => {
    if (seen.length > longestLogin) return;
    seen += chunk.toString('latin1');
    const rounds = Number(saslContinue.exec(seen)?.[1] ?? 0);
    if (rounds > mostRounds) onExcess(rounds);
  };
  socket.on('data', look);
  return { end: () => void socket.off('data', look) };
}
