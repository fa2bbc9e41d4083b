import { type Call, type ClientCapability, type ClientPort, type ClientRequest, capabilityFor } from '../core/call.ts';
import { GatewayError } from '../core/errors.ts';
import type { MessageLevel } from '../core/log.ts';
import { declarationOf, declares, missingCapability } from './client-capabilities.ts';
import { isObject, type Params } from './envelope.ts';
import type { Answers, StateBinding, StateSeal } from './request-state.ts';
import { errorCode, RpcError } from './rpc-error.ts';

/** Ends a call because the client must answer something first; carries what it is asked. */
export class InputRequired extends GatewayError {
  readonly inputRequests: Readonly<Record<string, ClientRequest>>;

  constructor(inputRequests: Readonly<Record<string, ClientRequest>>) {
    super('input_required', 'The call needs input from the client.');
    this.inputRequests = inputRequests;
  }
}

/** Throws -32021 where the client did not declare what `request` needs; never assume a capability. */
export function requireCapability(capabilities: Params, request: ClientRequest): void {
  const capability = capabilityFor(request);
  if (!declares(capabilities, capability)) throw missingCapability(declarationOf(capability));
}

/** Names for the questions of one call: the one asked for, or the kind and a number; never the same twice. */
export class QuestionKeys {
  readonly #used = new Set<string>();

  next(request: ClientRequest, wanted: string | undefined): string {
    const name = wanted ?? request.method.split('/', 1)[0] ?? '';
    let key = wanted ?? `${name}-1`;
    for (let n = 2; this.#used.has(key); n++) key = `${name}-${n}`;
    this.#used.add(key);
    return key;
  }
}

/**
 * Asks by multi round-trip (2026-07-28): a question of a handler is answered from the retry's answers by its key, or
 * ends the call with an input-required result. The handler runs anew on each retry, so questions without a key of their
 * own, which are numbered, must come in one order. Everything else goes to the client as before.
 */
export class InputCollector implements ClientPort {
  readonly #call: Call;
  readonly #client: ClientPort;
  readonly #capabilities: Params;
  readonly #given: Answers;
  // Made when the first question is asked: most calls ask none.
  #keys: QuestionKeys | undefined;
  #used: Record<string, unknown> | undefined;
  #unanswered: Record<string, ClientRequest> | undefined;

  constructor(call: Call, capabilities: Params, given: Answers) {
    this.#call = call;
    this.#client = call.client;
    this.#capabilities = capabilities;
    this.#given = given;
  }

  /** The answers that the handler asked for, to be sealed into the next round's state; others are ignored. */
  get answers(): Answers {
    return this.#used ?? none;
  }

  /** Whether questions wait for the end of this round. */
  get isAsking(): boolean {
    return this.#unanswered !== undefined;
  }

  progress(done: number, total: number | undefined, message: string | undefined): void {
    this.#client.progress?.(done, total, message);
  }

  log(level: MessageLevel, data: unknown, logger: string): void {
    this.#client.log?.(level, data, logger);
  }

  supports(capability: ClientCapability): boolean {
    return declares(this.#capabilities, capability);
  }

  /** Questions asked in the same turn travel in one round. */
  ask(request: ClientRequest, wantedKey?: string): Promise<unknown> {
    requireCapability(this.#capabilities, request);
    this.#keys ??= new QuestionKeys();
    const key = this.#keys.next(request, wantedKey);
    if (Object.hasOwn(this.#given, key)) {
      this.#used ??= {};
      this.#used[key] = this.#given[key];
      return Promise.resolve(this.#given[key]);
    }
    const call = this.#call;
    if (!this.#unanswered) {
      const unanswered: Record<string, ClientRequest> = {};
      this.#unanswered = unanswered;
      setImmediate(() => call.cancel(new InputRequired(unanswered)));
    }
    this.#unanswered[key] = request;
    return new Promise((_, reject) => {
      call.signal.addEventListener('abort', () => reject(call.cancelled), { once: true });
    });
  }
}

const none: Answers = {};

/** The answers that a request brings: those sealed in earlier rounds, and new ones, which never change a sealed one. */
export function givenAnswers(responses: unknown, earlier: Answers | undefined): Answers {
  if (responses === undefined) return earlier ?? none;
  return { ...checkedResponses(responses), ...earlier };
}

function checkedResponses(responses: unknown): Params {
  if (isObject(responses) && Object.values(responses).every(isObject)) return responses;
  throw new RpcError(
    errorCode.invalidParams,
    'inputResponses must be an object of result objects, by the keys of the inputRequests.',
  );
}

/** The members of an input-required result, its state sealed for this caller and this request only. */
export function inputRequiredMembers(
  required: InputRequired,
  collector: InputCollector,
  seal: StateSeal,
  binding: StateBinding,
): string {
  const inputRequests = JSON.stringify(required.inputRequests);
  const requestState = JSON.stringify(seal.seal(collector.answers, binding));
  return `"resultType":"input_required","inputRequests":${inputRequests},"requestState":${requestState}`;
}
