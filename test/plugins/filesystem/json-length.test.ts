import { expect, test } from 'vitest';
import { isLongerInJson } from '../../../src/plugins/filesystem/text/json-length.ts';

const everyUnit = Array.from({ length: 0x10000 }, (_, code) => String.fromCharCode(code));

test.each([
  ['nothing', ''],
  ['words', 'a word, "another" and c:\\path\r\n'.repeat(50)],
  ['every unit of UTF-16 by itself', everyUnit.join(' ')],
  ['every unit beside the next', everyUnit.join('')],
  ['halves of pairs in the wrong order', '\udc00\ud800\udc00\ud800'],
  ['pairs', '😀'.repeat(100)],
])('the length of %s in JSON is that which JSON has', (_, text) => {
  const length = JSON.stringify(text).length - 2;
  expect(isLongerInJson(text, length)).toBe(false);
  expect(isLongerInJson(text, length - 1)).toBe(true);
});

test('control characters alone make a text more than twice as long', () => {
  for (const letter of everyUnit) {
    const text = `${letter}x`.repeat(3);
    const most = text.length * 2;
    expect(isLongerInJson(text, most)).toBe(JSON.stringify(text).length - 2 > most);
  }
});
