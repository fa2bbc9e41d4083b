const runsSql = 'it runs SQL text that the gateway cannot check';
const dumps = 'it reads whole tables by name, past the check of what may be read';
const takesId = 'it uses up a transaction id, also of a read-only transaction';

/**
 * Functions of PostgreSQL and its extensions that are not marked VOLATILE, or not in every form, and yet do more than
 * compute.
 */
const deniedFunctions: ReadonlyMap<string, string> = new Map([
  ...['', 'schema', '_and_xmlschema'].flatMap((suffix) => [
    ...['table_to_xml', 'schema_to_xml', 'database_to_xml'].map((name) => [`${name}${suffix}`, dumps] as const),
    ...['query_to_xml', 'cursor_to_xml'].map((name) => [`${name}${suffix}`, runsSql] as const),
  ]),
  ...['ts_stat', 'ts_rewrite'].map((name) => [name, runsSql] as const),
  ...['txid_current', 'pg_current_xact_id'].map((name) => [name, takesId] as const),
  // tablefunc, xml2, dblink, pgrouting and Apache AGE
  ...['crosstab', 'crosstab2', 'crosstab3', 'crosstab4', 'connectby'].map((name) => [name, runsSql] as const),
  ...['xpath_table', 'dblink', 'cypher'].map((name) => [name, runsSql] as const),
]);

/** Why a function of PostgreSQL or of an extension may never be called, whatever its volatility; undefined if it may. */
export function whyDeniedFunction(name: string): string | undefined {
  return deniedFunctions.get(name);
}

/** Schemas of which no function may be called: they schedule jobs, reach out to the network or handle keys. */
const deniedSchemas: ReadonlySet<string> = new Set([
  ...['cron', 'pgagent', 'partman', 'pgmq', 'pgq', 'repack', 'londiste', 'pgtle'],
  ...['net', 'http', 'supabase_functions', 'aws_s3', 'aws_lambda', 'aws_commons', 'azure_storage', 'azure_openai'],
  ...['pglogical', 'spock', 'bdr', 'pgbouncer', 'vault', 'pgsodium'],
  ...['utl_file', 'utl_http', 'utl_smtp', 'dbms_sql', 'dbms_pipe', 'dbms_alert', 'dbms_job'],
]);

export function isDeniedSchema(schema: string): boolean {
  return deniedSchemas.has(schema);
}
