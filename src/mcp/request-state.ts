import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import { errorCode, RpcError } from './rpc-error.ts';

const lifetimeMs = 10 * 60_000;
const ivBytes = 12;
const tagBytes = 16;

/** What a sealed state must match on its way back: who asked, and for exactly what. */
export interface StateBinding {
  readonly principal: string;
  readonly method: string;
  /** The request's salient parameters; arguments in another order are another request. */
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

function digest(binding: StateBinding): Buffer {
  return createHash('sha256')
    .update(JSON.stringify([binding.principal, binding.method, binding.target]))
    .digest();
}
