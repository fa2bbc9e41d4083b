import { type CatalogRow, flagOf, numberOf, textOf, textOrNull } from '../row.ts';
import { columnLinesSql, constraintLinesSql, headSql } from './ddl-parts.ts';
import { statementsSql } from './ddl-statements.ts';
import type { Section } from './section.ts';

const mostCharacters = 60_000;

/**
 * Statements that make the table or view again: columns, constraints, indexes, triggers, policies, comments. Not its owner,
 * grants and rows, nor the types and functions that it uses.
 */
export const ddl: Section<string | undefined> = {
  queries: [headSql, columnLinesSql, constraintLinesSql, statementsSql],
  waitsForLocks: true,
  read([heads = [], columns = [], constraints = [], around = []], { cuts }) {
    const [head] = heads;
    if (!head) return undefined;
    const name = textOf(head, 'name');
    const inline = constraints.filter((row) => !flagOf(row, 'later'));
    const statements = [
      ...around.filter((row) => numberOf(row, 'place') === 0).map(lineOf),
      head.query === null ? createTable(head, [...columns, ...inline].map(lineOf)) : createView(head),
      ...constraints.filter((row) => flagOf(row, 'later')).map((row) => `ALTER TABLE ${name} ADD ${lineOf(row)}`),
      ...around.filter((row) => numberOf(row, 'place') > 0).map(lineOf),
    ];
    const text = statements.map((statement) => `${statement};`).join('\n');
    if (text.length <= mostCharacters) return text;
    cuts.push(
      `ddl: the first ${mostCharacters} of ${text.length} characters. execute_sql with pg_get_viewdef, pg_get_indexdef or pg_get_constraintdef has each piece whole.`,
    );
    return text.slice(0, mostCharacters);
  },
};

function lineOf(row: CatalogRow): string {
  return textOf(row, 'line');
}

function createTable(head: CatalogRow, lines: readonly string[]): string {
  const kind = head.kind === 'f' ? 'FOREIGN TABLE' : 'TABLE';
  const isPartition = head.bounds !== null;
  return [
    `CREATE ${head.persistence === 'u' ? 'UNLOGGED ' : ''}${kind} ${textOf(head, 'name')} (${lines.length > 0 ? `\n  ${lines.join(',\n  ')}\n` : ''})`,
    ...clause(head, 'parents', (parents) => (isPartition ? undefined : `INHERITS (${parents})`)),
    ...clause(head, 'partition_key', (key) => `PARTITION BY ${key}`),
    ...clause(head, 'server', (server) => `SERVER ${server}`),
    ...clause(head, 'server_options', (options) => `OPTIONS (${options})`),
    ...storage(head),
  ].join('\n');
}

function createView(head: CatalogRow): string {
  const query = textOf(head, 'query').trim().replace(/;$/, '');
  const materialized = head.kind === 'm';
  return [
    `CREATE ${materialized ? 'MATERIALIZED ' : ''}VIEW ${textOf(head, 'name')}`,
    ...storage(head),
    `AS\n${query}`,
    ...(materialized && !flagOf(head, 'populated') ? ['WITH NO DATA'] : []),
  ].join('\n');
}

function storage(head: CatalogRow): string[] {
  return [
    ...clause(head, 'access_method', (method) => `USING ${method}`),
    ...clause(head, 'options', (options) => `WITH (${options})`),
    ...clause(head, 'tablespace', (tablespace) => `TABLESPACE ${tablespace}`),
  ];
}

function clause(head: CatalogRow, column: string, write: (value: string) => string | undefined): string[] {
  const value = textOrNull(head, column);
  const written = value === null || value === '' ? undefined : write(value);
  return written === undefined ? [] : [written];
}
