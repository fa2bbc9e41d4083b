import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { isObject } from './envelope.ts';
import { errorCode, RpcError } from './rpc-error.ts';

const lifetimeMs = 10 * 60_000;
const ivBytes = 12;
const tagBytes = 16;

/** What a sealed state must match on its way back: who asked, where, and for exactly what. */
export interface StateBinding {
  readonly principal: string;
  /** The plugin, or the aggregate: two plugins may have tools of one name. */
  readonly face: string;
  readonly method: string;
  /** The request's salient parameters, whatever the order of their members. */
  readonly target: unknown;
}

/** The client's answers so far, by the key of the input request they answer. */
export type Answers = Readonly<Record<string, unknown>>;

/**
 * Seals answers into the opaque `requestState` of an input-required result with AES-256-GCM, bound to principal, method
 * and arguments, and expiring (2026-07-28, patterns, MRTR). Replicas that share the key accept each other's.
 */
export class StateSeal {
  readonly #key: Buffer;

  /** `secret` of any length; a random one where none is configured, which ends with the process. */
  constructor(secret: string | undefined) {
    this.#key = secret === undefined ? randomBytes(32) : createHash('sha256').update(`requestState:${secret}`).digest();
  }

  seal(answers: Answers, binding: StateBinding): string {
    const iv = randomBytes(ivBytes);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    cipher.setAAD(digest(binding));
    const plain = JSON.stringify({ expires: Date.now() + lifetimeMs, answers });
    const body = Buffer.concat([cipher.update(plain, 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url');
  }

  /** The answers inside; throws one and the same -32602 for a state that is forged, foreign or expired. */
  open(state: unknown, binding: StateBinding): Answers {
    const answers = typeof state === 'string' ? this.#decrypt(state, binding) : undefined;
    if (!answers) throw new RpcError(errorCode.invalidParams, 'Invalid or expired requestState');
    return answers;
  }

  #decrypt(state: string, binding: StateBinding): Answers | undefined {
    const bytes = Buffer.from(state, 'base64url');
    if (bytes.toString('base64url') !== state) return undefined; // the decoder skips what it does not know
    if (bytes.length <= ivBytes + tagBytes) return undefined;
    try {
      const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, ivBytes), {
        authTagLength: tagBytes,
      });
      decipher.setAAD(digest(binding));
      decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
      const plain = Buffer.concat([decipher.update(bytes.subarray(ivBytes + tagBytes)), decipher.final()]);
      const { expires, answers } = JSON.parse(plain.toString('utf8')) as { expires: number; answers: Answers };
      return expires > Date.now() ? answers : undefined;
    } catch {
      return undefined; // a bad tag is the same as no state: the caller says so in one frozen message
    }
  }
}

function digest({ principal, face, method, target }: StateBinding): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([principal, face, method, target], inOrder))
    .digest();
}

/** Sorts members, since clients may write a request's arguments anew on each round. */
function inOrder(_key: string, value: unknown): unknown {
  if (!isObject(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
