/**
 * VOLATILE functions of PostgreSQL itself that may be called all the same: their results vary, but they change nothing,
 * wait for nothing and show nothing secret. A name that a later version brings is refused until it is added here.
 */
const safeBuiltIns: ReadonlySet<string> = new Set([
  // Clocks, chance and identifiers
  ...['clock_timestamp', 'timeofday', 'random', 'random_normal', 'array_sample', 'array_shuffle'],
  ...['gen_random_uuid', 'uuidv4', 'uuidv7'],
  // What this session has done
  ...['current_query', 'currval', 'lastval', 'txid_status', 'pg_xact_status'],
  ...['pg_xact_commit_timestamp', 'pg_xact_commit_timestamp_origin', 'pg_last_committed_xact'],
  // Sizes and shapes
  ...['pg_database_size', 'pg_tablespace_size', 'pg_relation_size', 'pg_table_size', 'pg_indexes_size'],
  ...['pg_total_relation_size', 'pg_partition_tree', 'pg_partition_ancestors'],
  ...['pg_sequence_last_value', 'pg_get_sequence_data'],
  ...['pg_collation_actual_version', 'pg_database_collation_actual_version'],
  // Locks, memory and waits
  ...['pg_lock_status', 'pg_blocking_pids', 'pg_safe_snapshot_blocking_pids', 'pg_prepared_xact'],
  ...['pg_get_backend_memory_contexts', 'pg_get_shmem_allocations', 'pg_get_wait_events', 'pg_get_aios'],
  ...['pg_get_multixact_members', 'pg_notification_queue_usage', 'pg_jit_available', 'pg_stat_have_stats'],
  // Write-ahead log and replication, reading only
  ...['pg_is_in_recovery', 'pg_is_wal_replay_paused', 'pg_get_wal_replay_pause_state'],
  ...['pg_current_wal_lsn', 'pg_current_wal_insert_lsn', 'pg_current_wal_flush_lsn'],
  ...['pg_last_wal_receive_lsn', 'pg_last_wal_replay_lsn', 'pg_last_xact_replay_timestamp'],
  ...['pg_control_system', 'pg_control_checkpoint', 'pg_control_recovery', 'pg_control_init'],
  ...['pg_get_wal_resource_managers', 'pg_get_wal_summarizer_state', 'pg_available_wal_summaries'],
  ...['pg_show_replication_origin_status'],
]);

/** The same for extensions, whose authors often leave VOLATILE, the default, on functions that only read. */
const safeInExtensions: ReadonlySet<string> = new Set([
  ...['uuid_generate_v1', 'uuid_generate_v1mc', 'uuid_generate_v4'], // uuid-ossp
  ...['gen_random_uuid', 'gen_random_bytes', 'gen_salt'], // pgcrypto
  ...['pgp_sym_encrypt', 'pgp_sym_encrypt_bytea', 'pgp_pub_encrypt', 'pgp_pub_encrypt_bytea'],
  ...['pg_stat_statements', 'pg_stat_statements_info'],
  ...['pg_buffercache_summary', 'pg_buffercache_usage_counts'],
  ...['ssl_is_used', 'ssl_version', 'ssl_cipher', 'ssl_client_cert_present'], // sslinfo
  'normal_rand', // tablefunc
  'st_generatepoints', // postgis
]);

/** Whether a VOLATILE function of that schema is known to be harmless. */
export function isSafeVolatile(schema: string, name: string): boolean {
  if (schema !== 'pg_catalog') return safeInExtensions.has(name);
  return safeBuiltIns.has(name) || name.startsWith('pg_stat_get_');
}
