import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../src/plugins/fetch/convert/decode.ts';
import { readFeed } from '../../../src/plugins/fetch/convert/feed.ts';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';
import { readBody } from '../../../src/plugins/fetch/net/read-body.ts';

const url = 'https://site.example/feed/x.xml';

describe('formulas without TeX are written as TeX', () => {
  test.each([
    ['<msup><mi>r</mi><mn>2</mn></msup>', 'r^{2}'],
    ['<msub><mi>x</mi><mrow><mi>i</mi><mo>+</mo><mn>1</mn></mrow></msub>', 'x_{i + 1}'],
    ['<msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup>', 'x_{1}^{2}'],
    ['<mfrac><mn>1</mn><mrow><mn>2</mn><mi>a</mi></mrow></mfrac>', '\\frac{1}{2 a}'],
    ['<msqrt><mn>2</mn><mi>x</mi></msqrt>', '\\sqrt{2 x}'],
    ['<mroot><mi>x</mi><mn>3</mn></mroot>', '\\sqrt[{3}]{x}'],
    ['<mover><mi>x</mi><mo>¯</mo></mover>', '\\overline{x}'],
    ['<munderover><mo>∑</mo><mi>a</mi><mi>n</mi></munderover><mi>i</mi>', '∑_{a}^{n} i'],
    ['<msup><mrow><mi>a</mi><mi>b</mi></mrow><mn>2</mn></msup>', '{a b}^{2}'],
    ['<semantics><mrow><msup><mi>e</mi><mi>x</mi></msup></mrow><annotation>junk</annotation></semantics>', 'e^{x}'],
    ['<mi>$1</mi><mo>=</mo><mtext>all of it</mtext>', '$1 = \\text{all of it}'],
  ])('%s', (inside, tex) => {
    const { text } = convertPage(`<p>So <math>${inside}</math> it is</p>`, url, { ...wholePage, extract: 'full' });
    expect(text).toBe(`So $${tex}$ it is`);
  });
});

describe('the charset of a page is what a meta declares, and nothing that only looks like it', () => {
  test.each([
    ['<meta name="description" content="how charset=gbk works">é', 'utf-8'],
    ['<!-- <meta charset="gbk"> -->é', 'utf-8'],
    ['<meta name="x" data-charset="gbk">é', 'utf-8'],
    ['<meta http-equiv="Content-Type" content="text/html; charset=gbk">', 'gbk'],
    ['<META CHARSET=gbk>', 'gbk'],
    ["<meta name=a content='>'><meta charset='shift_jis'/>", 'shift_jis'],
    ['<meta charset="no-such"><meta charset="koi8-r">', 'koi8-r'],
  ])('%s', (html, charset) => {
    expect(decodeText(Buffer.from(html), 'text/html').charset).toBe(charset);
  });
});

describe('feeds', () => {
  test('say how many entries there are, beyond those that are read', () => {
    const feed = readFeed(`<rss><channel>${'<item><title>a</title></item>'.repeat(1500)}</channel></rss>`, url);
    expect([feed.entries.length, feed.total]).toEqual([1000, 1500]);
    const json = readFeed(JSON.stringify({ items: Array.from({ length: 1500 }, () => ({ title: 'a' })) }), url);
    expect([json.entries.length, json.total]).toEqual([1000, 1500]);
  });

  test('have their links resolved against xml:base', () => {
    const feed = readFeed(
      '<feed xml:base="https://blog.example/a/"><entry xml:base="b/"><link href="c"/></entry><entry><link xml:base="/z/" href="d"/></entry></feed>',
      url,
    );
    expect(feed.entries.map((entry) => entry.url)).toEqual(['https://blog.example/a/b/c', 'https://blog.example/z/d']);
  });
});

test.each(['gzip', 'br', 'deflate'])('a body of no bytes is empty, although it is said to be %s', async (encoding) => {
  expect((await readBody(Readable.from([]), encoding, 1000)).bytes).toHaveLength(0);
  const half = gzipSync('words').subarray(0, 12);
  await expect(readBody(Readable.from([half]), 'gzip', 1000)).rejects.toMatchObject({ code: 'upstream' });
});
