/** Relations of pg_catalog that hold secrets, or row values without the permissions of the rows they came from. */
const deniedInCatalog: ReadonlyMap<string, string> = new Map([
  ['pg_authid', 'password hashes; query pg_roles'],
  ['pg_shadow', 'password hashes; query pg_user or pg_roles'],
  ['pg_user_mapping', 'passwords of foreign servers'],
  ['pg_user_mappings', 'passwords of foreign servers'],
  ['pg_subscription', 'connection strings with passwords; query pg_stat_subscription'],
  ['pg_dist_authinfo', 'passwords of cluster nodes'],
  ['pg_hba_file_rules', "the server's access rules"],
  ['pg_ident_file_mappings', "the server's access rules"],
  ['pg_file_settings', "the server's configuration files; query pg_settings"],
  ['pg_largeobject', 'raw contents of large objects; query pg_largeobject_metadata'],
  ['pg_statistic', 'values sampled from every table; query pg_stats'],
  ['pg_statistic_ext_data', 'values sampled from every table; query pg_stats_ext'],
]);

const deniedInInformationSchema: ReadonlyMap<string, string> = new Map([
  ['user_mapping_options', 'passwords of foreign servers'],
  ['_pg_user_mappings', 'passwords of foreign servers'],
]);

/** Schemas of which nothing may be read. */
const deniedSchemas: ReadonlyMap<string, string> = new Map([
  ['pg_toast', 'raw parts of stored values'],
  ['vault', 'decrypted secrets'],
  ['pgsodium', 'encryption keys'],
]);

/**
 * Why a relation may not be read, or undefined. A name without a schema is taken for the catalog's, which PostgreSQL
 * looks in first. Views of the database's own may still show what these hold: only the role's privileges decide that.
 */
export function whyDeniedRelation(schema: string | undefined, name: string): string | undefined {
  const relation = fold(name);
  if (schema === undefined || schema === '') {
    return deniedInCatalog.get(relation) ?? (/^pg_toast_\d/.test(relation) ? deniedSchemas.get('pg_toast') : undefined);
  }
  const folded = fold(schema);
  if (folded === 'pg_catalog') return deniedInCatalog.get(relation);
  if (folded === 'information_schema') return deniedInInformationSchema.get(relation);
  return deniedSchemas.get(folded.replace(/^pg_toast_temp_\d+$/, 'pg_toast'));
}

/**
 * A single-byte server folds letters beyond ASCII by its locale, where a dotted capital I is an i: names that differ from
 * a denied one only in such marks are denied too.
 */
function fold(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
