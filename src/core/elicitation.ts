import * as v from 'valibot';
import type { Call, ClientRequest } from './call.ts';
import { GatewayError } from './errors.ts';
import { describeSchema, type JsonSchema } from './json-schema.ts';
import { describeIssues } from './schema-issues.ts';

/** What the person answered: the parsed form, or that they declined or dismissed it. */
export type Elicited<Data> =
  | { readonly action: 'accept'; readonly content: Data }
  | { readonly action: 'decline' | 'cancel'; readonly content?: undefined };

/** How a question to the client is named. */
export interface AskOptions {
  /**
   * The question's name on 2026-07-28, where questions and answers travel as an object: it keeps an answer with its
   * question even where the order of questions differs from run to run. Numbered by kind where absent.
   */
  readonly key?: string;
}

const ElicitResult = v.variant('action', [
  v.object({ action: v.literal('accept'), content: v.optional(v.record(v.string(), v.unknown()), {}) }),
  v.object({ action: v.picklist(['decline', 'cancel']) }),
]);

const described = new WeakMap<v.GenericSchema, JsonSchema>();

/** The form as the client sees it; made once for a schema that is kept. */
function requestedSchemaOf(schema: v.GenericSchema): JsonSchema {
  let json = described.get(schema);
  if (!json) {
    json = describeSchema(schema, 'input', 'elicitation');
    described.set(schema, json);
  }
  return json;
}

/**
 * Asks the person behind the client to fill in a flat form (strings, numbers, booleans, choices), and parses the answer.
 * Throws `unsupported` where the client cannot ask, `invalid_input` where its answer does not fit the form.
 */
export async function elicit<Schema extends v.GenericSchema>(
  call: Call,
  schema: Schema,
  message: string,
  options?: AskOptions,
): Promise<Elicited<v.InferOutput<Schema>>> {
  const answer = await elicited(call, { message, requestedSchema: requestedSchemaOf(schema) }, options);
  if (answer.action !== 'accept') return { action: answer.action };
  const content = v.safeParse(schema, answer.content);
  if (!content.success) {
    throw new GatewayError(
      'invalid_input',
      `The form was answered with invalid data: ${describeIssues(schema, content.issues)}`,
    );
  }
  return { action: 'accept', content: content.output };
}

/**
 * Asks the person to go to a web page, for what must not pass through the client (keys, payments); resolves when they
 * agreed or refused to open it, which says nothing of what they did there. Throws `unsupported` where the client cannot.
 */
export async function elicitUrl(
  call: Call,
  url: string,
  message: string,
  options?: AskOptions,
): Promise<Elicited<unknown>['action']> {
  return (await elicited(call, { mode: 'url', message, url }, options)).action;
}

async function elicited(call: Call, params: ClientRequest['params'], options: AskOptions | undefined) {
  const answer = v.safeParse(ElicitResult, await ask(call, { method: 'elicitation/create', params }, options));
  if (answer.success) return answer.output;
  throw new GatewayError(
    'upstream',
    'The client answered the elicitation with something that is not an elicitation result.',
  );
}

/** Sends one of MCP's server-to-client requests by whatever way this client's revision has. */
export async function ask(call: Call, request: ClientRequest, options?: AskOptions): Promise<unknown> {
  if (!call.client.ask) {
    throw new GatewayError(
      'unsupported',
      `This needs ${request.method}, which this client cannot answer here. Use a client and transport that support it (declare the capability and use a session, or revision 2026-07-28).`,
    );
  }
  return call.client.ask(request, options?.key);
}
