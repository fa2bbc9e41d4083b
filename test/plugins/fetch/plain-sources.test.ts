import { describe, expect, test } from 'vitest';
import { convert } from '../../../src/plugins/fetch/convert/convert.ts';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const url = 'https://site.example/docs/page.md';
async function text(contentType: string, body: string, raw = false): Promise<string> {
  return (await convert({ bytes: Buffer.from(body), contentType, url, cut: false }, wholePage, raw)).text;
}
const markdown = (body: string) => text('text/markdown', body);

const unseen = 'a\u200b\u202e\u2066\u{e0041}\u{e0042}\u001b[2J\u0007\u009bb\u200c\u200d\u200c\u200dc';

describe('characters that a reader cannot see', () => {
  test.each(['text/markdown', 'text/plain', 'text/csv', 'text/html'])('are left out of %s', async (type) => {
    expect(await text(type, unseen)).toBe('a[2Jbc');
  });

  test('are left out of JSON, numbers and letters untouched', async () => {
    expect(await text('application/json', `{"k\u200b":"a\u{e0041}\u00a0b","n":1.50}`)).toBe(
      '{\n  "k": "a\u00a0b",\n  "n": 1.50\n}',
    );
  });

  test('are left out of titles and of text that entities write', () => {
    const page = convertPage('<title>a&#27;b</title><p>c&#x1b;d&#x202e;e</p>', url, { ...wholePage, extract: 'full' });
    expect([page.title, page.text]).toEqual(['ab', 'cde']);
  });

  test('stay where the source is asked for raw', async () => {
    expect(await text('text/plain', unseen, true)).toBe(unseen);
  });

  test('do not go where words and pictures need them', async () => {
    const words = 'می\u200cخواهم 👩\u200d💻 ❤\ufe0f\tx\r\ny';
    expect(await text('text/plain', words)).toBe(words);
  });
});

describe('Markdown as it came', () => {
  test.each([
    ['comments', 'A<!-- SECRET\n\n```\nmore\n``` -->B', 'AB'],
    ['a comment that never ends', 'A<!-- SECRET', 'A'],
    ['comments by reference', 'A\n\n[//]: # (SECRET)\nB', 'A\n\n\nB'],
    ['elements hidden by attribute', 'A<span hidden>SECRET <span>x</span></span>B', 'AB'],
    ['elements hidden by style', 'A<div style="display:none">SECRET</div>B', 'AB'],
    ['white text', 'A<span style="color:#fff">SECRET</span>B', 'AB'],
    ['scripts', 'A<script>SECRET</script>B', 'AB'],
    [
      'titles of links',
      "[a](https://x.example/ 'SECRET') [b](https://x.example/(c) (SECRET))",
      '[a](https://x.example/) [b](https://x.example/(c))',
    ],
    [
      'titles of references',
      '[r]: https://x.example/ "SECRET"\n> [s]: https://x.example/y\n> (SECRET)',
      '[r]: https://x.example/\n> [s]: https://x.example/y\n> (SECRET)',
    ],
    ['titles of references that lead nowhere', '[#]: https://x.example/# (SECRET)', '[#]: https://x.example/#'],
  ])('loses %s', async (_, body, expected) => {
    expect(await markdown(body)).toBe(expected);
  });

  test.each([
    '[a](<http://b.example/> "INJ")',
    '![a](<b c.png> "INJ")',
    '[a](<> "INJ")',
    '[a]: <http://b.example/> "INJ"',
    '![x][i]\n\n[i]: <a.png> (INJ)',
    '[a]: http://b.example/\n  "INJ\n  two"\n\n[a]',
    '[a](http://b.example/ "x \\" INJ")',
    '[a](http://b.example/\n"INJ\nmore")',
    '[a](u "x `y` <b> INJ")',
    `[a](http://b.example/ "${'z'.repeat(1200)}INJ")`,
    '[//]: # "INJ\nINJ"',
    '- [x]: http://b.example/ "INJ"',
    '<abbr title="INJ">x</abbr> <span data-x="INJ" aria-label=INJ>y</span>',
    'para \\`<!-- INJ -->\\` end',
    '```x`\n\n<!-- INJ -->\n\ntext',
    '- a\n\n  ```\n  code\n\nout\n\n<!-- INJ -->\n\nx',
    '1. a\n   ```\n   code\nout <!-- INJ -->',
    '> ```\n> code\n\n<!-- INJ -->',
    '    ```\n\n<!-- INJ -->\n\n    ```',
    'a ` b\n<!-- INJ -->\nc ` d',
    'a ` b\n# c\n<!-- INJ --> ` d',
    '| a ` | <!-- INJ --> | ` |',
    '<div>`</div>\n\n<!-- INJ -->\n\n<div>`</div>',
    '<div>\n`<!-- INJ -->`\n</div>',
    '<http://x.example/`a> <!-- INJ --> `b',
    '<!--> <!-- INJ -->',
    '<?x INJ ?>\n\ntext',
    '<!X INJ>\n\ntext',
    '<![CDATA[ INJ ]]>\n\ntext',
    '<dialog>INJ</dialog>',
    '<title>INJ</title>',
    '<datalist><option>INJ</option></datalist>',
    '<svg><desc>INJ</desc></svg>',
    '<video>INJ</video> <canvas>INJ</canvas> <iframe src=x>INJ</iframe>',
    '<p/hidden>INJ</p>',
    '<p\fhidden>INJ</p>',
    `<p ${'a '.repeat(600)}hidden>INJ</p>`,
    `<p title="${'z'.repeat(2100)}" hidden>INJ</p>`,
    `<${'x'.repeat(60)} hidden>INJ</${'x'.repeat(60)}>`,
    '<font color="#fff">INJ</font>',
  ])('says nothing that no reader sees: %j', async (body) => {
    expect(await markdown(body)).not.toContain('INJ');
  });

  test.each([
    '```\ncode\n```~\n<!-- kept -->\n```\n\nend',
    '- a\n\n  ```\n  <!-- kept -->\n  ```\n\n  b',
    '> ~~~\n> <!-- kept -->\n> ~~~\n',
    'a `b\nc <!-- kept -->` d',
    '````\n```\n<!-- kept -->\n````',
    '<dialog open>kept</dialog>',
    '```html\n<!-- kept --> [x](y)\n```\nEnd',
    '~~~\n<p hidden>kept</p>\n~~~',
    'Say `<!-- kept -->` and ``a ` <b hidden>``.',
    'a < b, <b>bold</b> and <https://x.example/>',
    '```\nunclosed <!-- kept',
  ])('keeps %j', async (body) => {
    expect(await markdown(body)).toBe(body);
  });

  test('has its links made absolute', async () => {
    expect(await markdown('[a](b.md "t") ![i](/i.png) [c](#d)\n\n[r]: ../x\n<img src="y.png">')).toBe(
      '[a](https://site.example/docs/b.md) ![i](https://site.example/i.png) [c](https://site.example/docs/page.md#d)\n\n[r]: https://site.example/x\n<img src="https://site.example/docs/y.png">',
    );
  });

  test.each([
    ['[^1]: note.md is text, see [x](y)', '[^1]: note.md is text, see [x](https://site.example/docs/y)'],
    ['[r]:\n  x.md\n\n> [q]: q.md', '[r]:\n  https://site.example/docs/x.md\n\n> [q]: https://site.example/docs/q.md'],
    ['[x]: <rel2>', '[x]: <https://site.example/docs/rel2>'],
    ['[a](\n  x.md)', '[a](\n  https://site.example/docs/x.md)'],
    ['<a href=x.html>u</a>', '<a href=https://site.example/docs/x.html>u</a>'],
    ['[x](https://x.example/a_(b)) "said"', '[x](https://x.example/a_(b)) "said"'],
  ])('has references and links of every form as they are meant: %j', async (body, expected) => {
    expect(await markdown(body)).toBe(expected);
  });

  test('that is made to be slow is read in time linear to its length', async () => {
    for (const part of [
      '`',
      '<!--',
      '[',
      '](',
      '<a ',
      '<a "',
      '``` \n',
      '<p hidden>',
      '](a "',
      '](a (',
      '[a]: x "',
      '> [',
      '](a(b',
      '[a]: ',
      'a ` b',
      '](a\n',
      '<p <',
      "<b 'x",
      '<video>',
      '<?',
      '<![CDATA[',
      '> ```\n',
      '- ',
      ' ',
      '>',
      '[a]:\n',
      '](<a',
      '\\',
    ]) {
      const body = part.repeat(100_000);
      const start = performance.now();
      await markdown(body);
      expect(performance.now() - start, part).toBeLessThan(4000);
    }
  });
});
