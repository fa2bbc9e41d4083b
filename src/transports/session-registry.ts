import { randomBytes } from 'node:crypto';
import type { Face } from '../core/face.ts';
import type { Principal } from '../core/principal.ts';

/** What the registry knows of a session: whose it is, of which face, and how it is ended. */
export interface RegisteredSession {
  readonly id: string;
  readonly face: Face;
  readonly principal: Principal;
  /** Ends the session and its streams; must lead to `remove`. */
  end(): void;
}

const idBytes = 24;
/** Random bytes that are asked for at once: asking costs more than the bytes do. */
const randomPool = 128 * idBytes;

/** Every open session of the gateway. A session is found only by its own principal, on its own face. */
export class SessionRegistry {
  readonly #sessions = new Map<string, RegisteredSession>();
  readonly #perPrincipal = new Map<string, number>();
  readonly #limit: number;
  #random = Buffer.alloc(0);
  #used = randomPool;

  /** `limit`: sessions that one principal may have open (limits.sessions). */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** 192 random bits, URL-safe; each bit is used once. */
  newId(): string {
    if (this.#used === randomPool) {
      this.#random = randomBytes(randomPool);
      this.#used = 0;
    }
    this.#used += idBytes;
    return this.#random.toString('base64url', this.#used - idBytes, this.#used);
  }

  hasRoomFor(principal: Principal): boolean {
    return (this.#perPrincipal.get(principal.id) ?? 0) < this.#limit;
  }

  add(session: RegisteredSession): void {
    this.#sessions.set(session.id, session);
    this.#perPrincipal.set(session.principal.id, (this.#perPrincipal.get(session.principal.id) ?? 0) + 1);
  }

  remove({ id, principal }: RegisteredSession): void {
    if (!this.#sessions.delete(id)) return;
    const left = (this.#perPrincipal.get(principal.id) ?? 1) - 1;
    if (left === 0) this.#perPrincipal.delete(principal.id);
    else this.#perPrincipal.set(principal.id, left);
  }

  /** The session of that id, for its owner on its face only: unknown, foreign and closed ones look the same. */
  find<Kind extends RegisteredSession>(
    kind: abstract new (...args: never[]) => Kind,
    id: string,
    face: Face,
    principal: Principal,
  ): Kind | undefined {
    const session = this.#sessions.get(id);
    if (!(session instanceof kind) || session.face !== face || session.principal.id !== principal.id) return undefined;
    return session;
  }

  endAll(): void {
    for (const session of [...this.#sessions.values()]) session.end();
  }
}
