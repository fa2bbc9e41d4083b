/**
 * The node types that a reading statement is made of. Any other (every `…Stmt` but SELECT, INTO, FOR UPDATE, and whatever
 * a later grammar brings) is refused.
 */
export const readingNodes: ReadonlySet<string> = new Set([
  ...['SelectStmt', 'ResTarget', 'WithClause', 'CommonTableExpr', 'CTESearchClause', 'CTECycleClause'],
  ...['SortBy', 'GroupingSet', 'WindowDef', 'Alias', 'List', 'SetToDefault'],
  ...[
    'RangeVar',
    'RangeSubselect',
    'RangeFunction',
    'RangeTableSample',
    'RangeTableFunc',
    'RangeTableFuncCol',
    'JoinExpr',
  ],
  ...['ColumnDef', 'TypeName', 'TypeCast', 'CollateClause'],
  ...['ColumnRef', 'A_Star', 'A_Indirection', 'A_Indices', 'A_ArrayExpr', 'RowExpr', 'ParamRef', 'SubLink'],
  ...['A_Const', 'String', 'Integer', 'Float', 'Boolean', 'BitString'],
  ...['A_Expr', 'BoolExpr', 'NullTest', 'BooleanTest', 'CaseExpr', 'CaseWhen', 'CoalesceExpr', 'MinMaxExpr'],
  ...['FuncCall', 'NamedArgExpr', 'GroupingFunc', 'SQLValueFunction', 'XmlExpr', 'XmlSerialize'],
  ...['JsonFormat', 'JsonReturning', 'JsonValueExpr', 'JsonOutput', 'JsonBehavior', 'JsonArgument', 'JsonKeyValue'],
  ...['JsonFuncExpr', 'JsonIsPredicate', 'JsonParseExpr', 'JsonScalarExpr', 'JsonSerializeExpr'],
  ...['JsonObjectConstructor', 'JsonArrayConstructor', 'JsonArrayQueryConstructor', 'JsonAggConstructor'],
  ...['JsonObjectAgg', 'JsonArrayAgg', 'JsonTable', 'JsonTableColumn', 'JsonTablePathSpec'],
]);

const refused: ReadonlyMap<string, string> = new Map([
  ['TransactionStmt', 'Transaction control (BEGIN, COMMIT, ROLLBACK, SAVEPOINT)'],
  ['VariableSetStmt', 'SET'],
  ['VariableShowStmt', 'SHOW inside another statement'],
  ['ExplainStmt', 'EXPLAIN inside another statement'],
  ['CreateTableAsStmt', 'CREATE TABLE AS'],
  ['RefreshMatViewStmt', 'REFRESH MATERIALIZED VIEW'],
  ['DropStmt', 'DROP'],
  ['CheckPointStmt', 'CHECKPOINT'],
  ['DeclareCursorStmt', 'DECLARE CURSOR'],
  ['ClosePortalStmt', 'CLOSE'],
  ['VacuumStmt', 'VACUUM or ANALYZE'],
  ['IntoClause', 'SELECT … INTO, which creates a table,'],
  ['LockingClause', 'A row lock (FOR UPDATE, FOR SHARE)'],
]);

/** The refusal of a node type, as a person would name it. */
export function notReading(type: string, before = ''): string {
  return `${before}${nameOfNode(type)} is not allowed: this tool only reads. Send one SELECT, VALUES, TABLE, SHOW, or EXPLAIN of a SELECT.`;
}

function nameOfNode(type: string): string {
  return (
    refused.get(type) ??
    type
      .replace(/Stmt$/, '')
      .replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ')
      .toUpperCase()
  );
}
