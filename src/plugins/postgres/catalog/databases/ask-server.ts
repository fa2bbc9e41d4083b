import * as v from 'valibot';
import { GatewayError } from '../../../../core/errors.ts';
import type { Database } from '../../deps.ts';
import type { EngineState } from '../../engine.ts';
import { isOfTheStatement } from '../failed-statement.ts';
import { shorten } from '../text-table.ts';
import type { Unavailable } from '../unavailable.ts';
import { readServer, type ServerDatabase, type ServerView } from './server-databases.ts';
import { within } from './within.ts';

/** Databases of one server that are listed at most. */
export const mostDatabases = 500;

const answerMs = 5000;
const answerWithSizesMs = 20_000;

export const ConfiguredDatabase = v.object({
  id: v.pipe(v.string(), v.description('What the other tools take as database.')),
  kind: v.picklist(['server', 'embedded']),
  target: v.string(),
  state: v.picklist(['up', 'starting', 'down']),
  database: v.optional(v.string()),
  role: v.optional(v.string()),
  server_version: v.optional(v.string()),
  reason: v.optional(v.string()),
  note: v.optional(v.string()),
});

/** How a configured database is, and what it told of its server if it answered. */
export interface Answer {
  readonly configured: v.InferOutput<typeof ConfiguredDatabase>;
  readonly unavailable: readonly Unavailable[];
  /** `server` is the target without the database's name, so that two databases of one server are known to be that. */
  readonly answered?: { readonly server: string; readonly view: ServerView };
}

export interface ListOptions {
  readonly sizes: boolean;
  readonly templates: boolean;
}

/** Asks one configured database for those of its server. It does not throw for one that is down: the answer is the reason. */
export async function askServer(database: Database, options: ListOptions, signal: AbortSignal): Promise<Answer> {
  const { id, engine } = database;
  const { kind, target } = engine;
  const known = { id, kind, target, ...(engine.notice ? { note: engine.notice() } : {}) };
  try {
    const { view, unavailable } = await readView(database, options, signal);
    const current = view.databases.find(({ isCurrent }) => isCurrent)?.name ?? '';
    const server = target.endsWith(`/${current}`) ? target.slice(0, -current.length - 1) : target;
    const facts = { database: current, role: view.role, server_version: view.version };
    return { configured: { ...known, state: 'up', ...facts }, unavailable, answered: { server, view } };
  } catch (error) {
    if (signal.aborted || !(error instanceof GatewayError)) throw error;
    const state = engine.state();
    const reason = state.is === 'up' ? error.message : state.reason;
    return {
      configured: { ...known, state: state.is === 'up' ? stateAfter(error) : state.is, reason },
      unavailable: [{ what: `database ${id} (${target})`, why: reason, fix: fixFor(id, state) }],
    };
  }
}

/** An engine that has not noticed yet may still say it is up when its server has stopped answering. */
function stateAfter(error: GatewayError): 'up' | 'down' {
  return isOfTheStatement(error) && error.code !== 'timeout' ? 'up' : 'down';
}

function fixFor(id: string, state: EngineState): string {
  if (state.is === 'down') return state.fix;
  if (state.is === 'starting') return 'It is starting: try again in a few seconds.';
  return `Check that the server runs and what plugins.postgres.databases.${id} says; every call tries it again.`;
}

async function readView(
  { id, engine }: Database,
  { sizes, templates }: ListOptions,
  signal: AbortSignal,
): Promise<{ readonly view: ServerView; readonly unavailable: readonly Unavailable[] }> {
  const read = (withSizes: boolean, ms: number) =>
    within(ms, signal, (limited) => readServer(engine, { sizes: withSizes, templates, limit: mostDatabases }, limited));
  if (!sizes) return { view: await read(false, answerMs), unavailable: [] };
  try {
    const view = await read(true, answerWithSizesMs);
    return { view, unavailable: deniedSizes(view.databases) };
  } catch (error) {
    if (signal.aborted || !(error instanceof GatewayError) || error.code !== 'timeout') throw error;
    const view = await read(false, answerMs);
    const fix = "Ask for one at a time: execute_sql with SELECT pg_database_size('name').";
    return { view, unavailable: [{ what: `size_bytes of the databases of ${id}`, why: error.message, fix }] };
  }
}

function deniedSizes(databases: readonly ServerDatabase[]): Unavailable[] {
  const denied = databases.filter(({ sizeDenied }) => sizeDenied).map(({ name }) => name);
  if (denied.length === 0) return [];
  return [
    {
      what: `size_bytes of ${shorten(denied.join(', '), 200)}`,
      why: 'The role has neither CONNECT there nor is it a member of pg_read_all_stats.',
      fix: 'GRANT pg_read_all_stats TO the role, or GRANT CONNECT ON DATABASE … TO it.',
    },
  ];
}
