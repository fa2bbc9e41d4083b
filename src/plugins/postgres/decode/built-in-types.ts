/** What decoding needs to know of a type. */
export interface TypeFacts {
  /** As people write it: `int8`, `timestamptz`, `text[]`, `sales.status`. */
  readonly name: string;
  /** OID of the element type, for an array. */
  readonly element: number | undefined;
  /** What stands between an array's elements: a comma for every built-in type but `box`. */
  readonly delimiter: string;
}

/** OIDs that never change, each with its name and the OID of its array type (0 for none): no catalog read for these. */
const common: readonly (readonly [oid: number, name: string, array: number])[] = [
  [16, 'bool', 1000],
  [17, 'bytea', 1001],
  [18, 'char', 1002],
  [19, 'name', 1003],
  [20, 'int8', 1016],
  [21, 'int2', 1005],
  [23, 'int4', 1007],
  [25, 'text', 1009],
  [26, 'oid', 1028],
  [114, 'json', 199],
  [700, 'float4', 1021],
  [701, 'float8', 1022],
  [705, 'unknown', 0],
  [790, 'money', 791],
  [869, 'inet', 1041],
  [1042, 'bpchar', 1014],
  [1043, 'varchar', 1015],
  [1082, 'date', 1182],
  [1083, 'time', 1183],
  [1114, 'timestamp', 1115],
  [1184, 'timestamptz', 1185],
  [1186, 'interval', 1187],
  [1266, 'timetz', 1270],
  [1700, 'numeric', 1231],
  [2205, 'regclass', 2210],
  [2249, 'record', 2287],
  [2278, 'void', 0],
  [2950, 'uuid', 2951],
  [3802, 'jsonb', 3807],
];

/** The commonest types by OID. */
export const builtInTypes: ReadonlyMap<number, TypeFacts> = new Map(
  common.flatMap(([oid, name, array]) => {
    const scalar: [number, TypeFacts] = [oid, { name, element: undefined, delimiter: ',' }];
    const list: [number, TypeFacts] = [array, { name: `${name}[]`, element: oid, delimiter: ',' }];
    return array === 0 ? [scalar] : [scalar, list];
  }),
);
