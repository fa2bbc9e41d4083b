import * as v from 'valibot';
import type { Call, ClientRequest } from './call.ts';
import { GatewayError } from './errors.ts';
import { describeSchema } from './json-schema.ts';
import { describeIssues } from './schema-issues.ts';

/** What the person answered: the parsed form, or that they declined or dismissed it. */
export type Elicited<Data> =
  | { readonly action: 'accept'; readonly content: Data }
  | { readonly action: 'decline' | 'cancel'; readonly content?: undefined };

const ElicitResult = v.variant('action', [
  v.object({ action: v.literal('accept'), content: v.optional(v.record(v.string(), v.unknown()), {}) }),
  v.object({ action: v.picklist(['decline', 'cancel']) }),
]);

/**
 * Asks the person behind the client to fill in a flat form (strings, numbers, booleans, enums), and parses the answer.
 * Throws `unsupported` where the client cannot ask, `invalid_input` where its answer does not fit the form.
 */
export async function elicit<Schema extends v.GenericSchema>(
  call: Call,
  schema: Schema,
  message: string,
): Promise<Elicited<v.InferOutput<Schema>>> {
  const requestedSchema = describeSchema(schema, 'input', 'elicitation');
  const answer = v.safeParse(
    ElicitResult,
    await ask(call, { method: 'elicitation/create', params: { message, requestedSchema } }),
  );
  if (!answer.success)
    throw new GatewayError(
      'upstream',
      'The client answered the elicitation with something that is not an elicitation result.',
    );
  if (answer.output.action !== 'accept') return { action: answer.output.action };
  const content = v.safeParse(schema, answer.output.content);
  if (!content.success) {
    throw new GatewayError(
      'invalid_input',
      `The form was answered with invalid data: ${describeIssues(schema, content.issues)}`,
    );
  }
  return { action: 'accept', content: content.output };
}

/** Sends one of MCP's server-to-client requests by whatever way this client's revision has. */
export function ask(call: Call, request: ClientRequest): Promise<unknown> {
  if (!call.client.ask) {
    throw new GatewayError(
      'unsupported',
      `This needs ${request.method}, which this client cannot answer here. Use a client and transport that support it (declare the capability and use a session, or revision 2026-07-28).`,
    );
  }
  return call.client.ask(request);
}
