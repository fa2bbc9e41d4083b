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

/** Relations of other schemas: the standard's views, and the key stores of Supabase's extensions. */
const deniedElsewhere: ReadonlyMap<string, string> = new Map([
  ...['information_schema.user_mapping_options', 'information_schema._pg_user_mappings'].map(
    (name) => [name, 'passwords of foreign servers'] as const,
  ),
  ...['vault.secrets', 'vault.decrypted_secrets'].map((name) => [name, 'secrets'] as const),
  ...['pgsodium.key', 'pgsodium.valid_key', 'pgsodium.decrypted_key'].map((name) => [name, 'encryption keys'] as const),
]);

const toast = 'raw parts of stored values';

/**
 * Why a relation may not be read, or undefined. A name without a schema is taken for the catalog's, which PostgreSQL
 * looks in first. Views of the database's own may still show what these hold: only the role's privileges decide that.
 */
export function whyDeniedRelation(schema: string | undefined, name: string): string | undefined {
  const relation = fold(name);
  if (schema === undefined || schema === '') {
    return deniedInCatalog.get(relation) ?? (/^pg_toast_\d/.test(relation) ? toast : undefined);
  }
  const folded = fold(schema);
  if (/^pg_toast(?:_temp_\d+)?$/.test(folded)) return toast;
  return folded === 'pg_catalog' ? deniedInCatalog.get(relation) : deniedElsewhere.get(`${folded}.${relation}`);
}

/**
 * A single-byte server folds letters beyond ASCII by its locale, where a dotted capital I is an i: names that differ from
 * a denied one only in such marks are denied too.
 */
function fold(name: string): string {
  return name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
}
