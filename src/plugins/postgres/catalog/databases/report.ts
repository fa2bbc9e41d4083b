import * as v from 'valibot';
import { Unavailable } from '../unavailable.ts';
import { ConfiguredDatabase } from './ask-server.ts';

const ListedDatabase = v.object({
  server: v.string(),
  name: v.string(),
  configured_as: v.pipe(v.array(v.string()), v.description('Ids it can be queried by; none if it is not configured.')),
  owner: v.string(),
  encoding: v.string(),
  size_bytes: v.pipe(v.nullable(v.number()), v.description('null unless include_size, or where it may not be known.')),
  connections: v.nullable(v.number()),
  xid_age: v.pipe(v.number(), v.description('Transactions since the oldest unfrozen one; the server stops near 2^31.')),
  is_current: v.pipe(v.boolean(), v.description('Whether a configured connection is on it.')),
  reachable: v.pipe(v.boolean(), v.description('Whether the role may connect and the database takes connections.')),
  comment: v.nullable(v.string()),
});
export type ListedDatabase = v.InferOutput<typeof ListedDatabase>;

export const DatabaseReport = v.object({
  configured: v.array(ConfiguredDatabase),
  databases: v.array(ListedDatabase),
  truncated: v.boolean(),
  unavailable: v.array(Unavailable),
});
export type DatabaseReport = v.InferOutput<typeof DatabaseReport>;
