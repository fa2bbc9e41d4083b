import { describe, expect, test } from 'vitest';
import { requiredLiteral } from '../../../src/plugins/filesystem/search/plain-pattern.ts';

describe('the text that every match of a pattern has in it', () => {
  test.each([
    ['needle', 'needle'],
    ['new [A-Z][a-zA-Z]+Error\\(', 'Error('],
    ['abcd*ef', 'abc'],
    ['abcd?efgh', 'efgh'],
    ['abcd+ef', 'abcd'],
    ['abcd{0,3}ef', 'abc'],
    ['abcd{2}ef', 'abcd'],
    ['^import \\{', 'import {'],
    ['a\\.b\\.c', 'a.b.c'],
    ['(foobar)', 'foobar'],
    ['(?:foo)(bar\\d)', 'foo'],
    ['foo.bar', 'foo'],
    ['x\\d+yz', undefined],
    ['\\bword\\b', 'word'],
    ['ab', undefined],
    ['foo|bar', undefined],
    ['(?i)needle', undefined],
    ['(needle)?', undefined],
    ['(needle)*x', undefined],
    ['[abc]needless[|]', undefined],
    ['n\\u0065edle', undefined],
    ['grün, grau', 'n, grau'],
    ['\\Qa.b\\E', undefined],
  ])('of %s is %s', (pattern, literal) => expect(requiredLiteral(pattern)).toBe(literal));

  test('is really in every match', () => {
    const samples = ['newest FooError(', 'abccef', 'abefgh', 'abcdddef', 'a.b.c', 'foobar', 'foobar7', 'foo-bar'];
    for (const pattern of [
      'new[a-z]* [A-Z]o+Error\\(',
      'abcd*?c?ef',
      'abc?d?efgh',
      'abcd{1,3}ef',
      'fo{2}b?ar',
      'foo.?bar',
    ]) {
      const literal = requiredLiteral(pattern);
      for (const sample of samples) {
        const found = new RegExp(pattern).exec(sample)?.[0];
        if (found !== undefined && literal !== undefined) expect(found, pattern).toContain(literal);
      }
    }
  });
});
