import type { GatewayError } from '../../../../core/errors.ts';
import { quoteIdentifier } from '../identifier.ts';
import type { Unavailable } from '../unavailable.ts';
import type { StatementSource } from './source.ts';

const what = 'statistics of past statements (pg_stat_statements)';

/** Why the extension cannot be read here, with the exact fix; undefined where it can. */
export function whyNoStatements(source: StatementSource): Unavailable | undefined {
  const created = source.schema !== undefined;
  if (!created && !source.installable) {
    return {
      what,
      why: "The extension's files are not on the server.",
      fix: `Install the contrib package of the server's version. ${source.loaded ? '' : `As superuser ${preload(source)} `}Then run CREATE EXTENSION pg_stat_statements in this database.`,
    };
  }
  if (!source.loaded) {
    return {
      what,
      why: created
        ? 'The extension is created, but the server did not load its library when it started.'
        : 'The server did not load the library when it started, and the extension is not created in this database.',
      fix: `As superuser ${preload(source)}${created ? '' : ' Then run CREATE EXTENSION pg_stat_statements in this database.'}`,
    };
  }
  if (!created) {
    return {
      what,
      why: 'The library is loaded, but the extension is not created in this database.',
      fix: 'Run CREATE EXTENSION pg_stat_statements in this database, as its owner or a superuser.',
    };
  }
  if (!source.permitted) {
    const role = quoteIdentifier(source.role);
    const schema = quoteIdentifier(source.schema ?? '');
    return {
      what,
      why: `Role ${source.role} may not read pg_stat_statements in schema ${schema}.`,
      fix: `GRANT USAGE ON SCHEMA ${schema} TO ${role}; GRANT SELECT ON ALL TABLES IN SCHEMA ${schema} TO ${role}; GRANT pg_read_all_stats TO ${role};`,
    };
  }
  return undefined;
}

/** The names are separate strings: one string with commas would be taken as one library, and the server would not start. */
function preload({ preloaded }: StatementSource): string {
  if (preloaded === undefined) {
    return 'add pg_stat_statements to shared_preload_libraries (SHOW it first, and keep what is there) and restart the server.';
  }
  const libraries = preloaded.split(',').map((name) => name.trim().replaceAll(/^"|"$/g, ''));
  const others = libraries.filter((name) => name !== '' && name !== 'pg_stat_statements');
  const list = [...others, 'pg_stat_statements'].map((name) => `'${name}'`).join(', ');
  return `run ALTER SYSTEM SET shared_preload_libraries = ${list}; and restart the server (on a managed service: in its parameter settings).`;
}

/** Says that texts of other roles are hidden, and how to see them. */
export function hiddenTexts(hidden: number, role: string, of: 'statements' | 'sessions'): Unavailable[] {
  if (hidden === 0) return [];
  return [
    {
      what:
        of === 'statements'
          ? `text and queryid of ${hidden} statements of other roles`
          : `${hidden} sessions of other roles`,
      why: `The server shows them as <insufficient privilege>: role ${role} is not a member of pg_read_all_stats.`,
      fix: `GRANT pg_read_all_stats TO ${quoteIdentifier(role)};`,
    },
  ];
}

/** Says what an extension that was not updated with its server does not count yet. */
export function oldExtension({ columns, schema = '' }: StatementSource): Unavailable[] {
  const missing = [
    ...(columns.has('wal_bytes') ? [] : ['wal_bytes']),
    ...(columns.has('toplevel') ? [] : ['stats_reset', 'dealloc']),
  ];
  if (missing.length === 0) return [];
  return [
    {
      what: missing.join(', '),
      why: `The extension in schema ${quoteIdentifier(schema)} is of a version before ${columns.has('wal_bytes') ? '1.9 (PostgreSQL 14)' : '1.8 (PostgreSQL 13)'}.`,
      fix: 'ALTER EXTENSION pg_stat_statements UPDATE; on PostgreSQL 13 upgrade the server.',
    },
  ];
}

/** Says that nothing is being counted, though the extension is there. */
export function untracked({ track }: StatementSource): Unavailable[] {
  if (track !== 'none') return [];
  return [
    {
      what: 'statements since pg_stat_statements.track was set to none',
      why: 'Nothing is counted while it is so.',
      fix: "ALTER SYSTEM SET pg_stat_statements.track = 'top'; SELECT pg_reload_conf();",
    },
  ];
}

/** The view raised an error though everything about it looks right. */
export function refused(error: GatewayError): Unavailable {
  return { what, why: error.message, fix: 'Mend what the message names; a superuser can read the view to see more.' };
}
