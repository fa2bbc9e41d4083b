import { SqlSyntaxError, scan } from './parser.ts';
import { refusal } from './refusal.ts';

/** Longest statement that is looked at, in characters. */
const maxSqlLength = 100_000;

/** Characters that a reader cannot see, or takes for a plain space or line break, among SQL's own words. */
export const unseen = /(?![ \t\n\r\f\v])[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Z}]/u;
/** The same in comments, less the joiners and variation selectors that emoji and several scripts need. */
const unseenInComment = /(?!\u200C|\u200D|[\uFE00-\uFE0F])\p{Default_Ignorable_Code_Point}/u;

/**
 * Refuses a text that the guard, the server and a person could read differently: a NUL or a lone surrogate anywhere,
 * invisible or direction-changing characters outside string literals; and one too long to be looked at.
 */
export async function refuseUnreadable(sql: string): Promise<void> {
  if (sql.length > maxSqlLength) {
    throw refusal(
      'invalid_input',
      `The statement has ${sql.length} characters; at most ${maxSqlLength} are accepted. Put long lists of values into params, as one array: WHERE id = ANY($1).`,
      sql,
      undefined,
    );
  }
  refuseAt(sql, /\0/, 'It holds a NUL character, which PostgreSQL text cannot. Remove it.');
  refuseAt(sql, /\p{Surrogate}/u, 'It holds half of a surrogate pair, which is not a character. Remove it.');
  if (unseen.test(sql)) await refuseUnseenOutsideLiterals(sql);
}

function refuseAt(sql: string, pattern: RegExp, what: string): void {
  const index = sql.search(pattern);
  if (index !== -1) throw refusal('invalid_input', what, sql, Buffer.byteLength(sql.slice(0, index)));
}

async function refuseUnseenOutsideLiterals(sql: string): Promise<void> {
  const bytes = Buffer.from(sql);
  const code = Buffer.from(bytes);
  for (const token of await tokensOf(sql)) {
    if (token.kind === 'code') continue;
    if (token.kind === 'comment') {
      const comment = bytes.toString('utf8', token.start, token.end);
      const index = comment.search(unseenInComment);
      if (index !== -1) throw unseenAt(sql, token.start + Buffer.byteLength(comment.slice(0, index)), comment, index);
    }
    code.fill(' ', token.start, token.end);
  }
  const rest = code.toString();
  const index = rest.search(unseen);
  if (index !== -1) throw unseenAt(sql, Buffer.byteLength(rest.slice(0, index)), rest, index);
}

function unseenAt(sql: string, byteOffset: number, within: string, index: number): Error {
  const code = (within.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return refusal(
    'invalid_input',
    `The invisible character U+${code} stands outside a string literal. Remove it, or write a plain space; in a quoted name write it as an escape: U&"\\${code}".`,
    sql,
    byteOffset,
  );
}

interface Token {
  readonly kind: 'code' | 'literal' | 'comment';
  /** In bytes. */
  readonly start: number;
  readonly end: number;
}

/** The tokens of a text; none where it is no SQL, which the parser then says better. */
async function tokensOf(sql: string): Promise<Iterable<Token>> {
  try {
    return tokens(await scan(sql));
  } catch (error) {
    if (error instanceof SqlSyntaxError) return [{ kind: 'literal', start: 0, end: Buffer.byteLength(sql) }];
    throw refusal('invalid_input', 'The statement cannot be split into words.', sql, undefined, error);
  }
}

/** Token types of PostgreSQL 18's scanner, which its JSON names only in part: SCONST to XCONST, and both comments. */
const literalTypes = new Set([261, 262, 263, 264]);
const commentTypes = new Set([275, 276]);

function* tokens(json: string): Generator<Token> {
  // The scanner's JSON leaves control characters inside a token's text as they are.
  const { tokens: found } = JSON.parse(json.replaceAll(/\p{Cc}/gu, ' ')) as {
    readonly tokens: readonly { readonly start?: number; readonly end: number; readonly tokenType: number }[];
  };
  for (const { start = 0, end, tokenType } of found) {
    const kind = literalTypes.has(tokenType) ? 'literal' : commentTypes.has(tokenType) ? 'comment' : 'code';
    yield { kind, start, end };
  }
}
