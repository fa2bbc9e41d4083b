import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { pageLinks } from '../../../src/plugins/fetch/convert/html/page-links.ts';
import { type PageOptions, wholePage } from '../../../src/plugins/fetch/convert/job.ts';

function converted(html: string, options: Partial<PageOptions> = {}): string {
  return convertPage(html, 'https://site.example/dir/page.html', { ...wholePage, ...options }).text;
}

describe('tables', () => {
  test('keep their header, alignment, escaped pipes and line breaks in cells', () => {
    const html = `<table><caption>Prices</caption><thead><tr><th>Name<th align=right>Price</thead>
      <tr><td>a|b<td>1<br>2<tr><td><code>x|y</code><td><ul><li>one<li>two</ul></table>`;
    expect(converted(html)).toBe(
      'Prices\n\n| Name | Price |\n| --- | --: |\n| a\\|b | 1<br>2 |\n| `x\\|y` | - one<br>- two |',
    );
  });

  test('without a header row get an empty one, not a row of data', () => {
    expect(converted('<table><tr><td>a<td>b<tr><td>c<td>d</table>')).toBe(
      '|  |  |\n| --- | --- |\n| a | b |\n| c | d |',
    );
  });

  test('repeat short cells that span rows and leave room for those that span columns', () => {
    const html = '<table><tr><th>A<th>B<th>C<tr><td rowspan=2>x<td colspan=2>wide<tr><td>1<td>2</table>';
    expect(converted(html)).toBe('| A | B | C |\n| --- | --- | --- |\n| x | wide |  |\n| x | 1 | 2 |');
  });

  test('with code in a cell stay a table', () => {
    const html =
      '<table><tr><th>Call<th>Does<tr><td><pre><code class="language-js">a();\nb();</code></pre><td>things</table>';
    expect(converted(html)).toBe('| Call | Does |\n| --- | --- |\n| `a();`<br>`b();` | things |');
  });

  test('that only arrange the page are taken apart', () => {
    const html =
      '<table role=presentation><tr><td><h2>Left</h2><p>One</p><td><table><tr><th>K<th>V<tr><td>a<td>b</table></table>';
    expect(converted(html)).toBe('## Left\n\nOne\n\n| K | V |\n| --- | --- |\n| a | b |');
  });

  test.each(['markdown', 'text'] as const)('keep wide rows whole, and say where cells are left out (%s)', (format) => {
    const row = (name: string, count: number) =>
      `<tr>${Array.from({ length: count }, (_, i) => `<td>${name}${i}</td>`).join('')}</tr>`;
    const page = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, format });
    const wide = page(`<table>${row('k', 250)}${row('v', 250)}</table>`);
    expect(wide.text).toMatch(/\bk249\b[\s\S]*\bv249\b/);
    expect(wide.warnings).toEqual([]);
    const tooWide = page(`<table>${row('c', 50_000)}</table>`);
    expect(tooWide.text).toContain('c1999');
    expect(tooWide.warnings.join()).toContain('2000 columns');
  });

  test('that are empty or broken harm nothing', () => {
    expect(converted('<p>x</p><table></table><table><tr></tr></table><table><td>loose')).toContain('x');
  });
});

test('brackets in the code of a link stay as they are', () => {
  expect(converted('<p>See <a href=/u><code>[a, b)</code></a></p>')).toBe('See [`[a, b)`](https://site.example/u)');
  expect(converted('<p><a href=/u>x] <code>[a</code></a></p>')).toBe('[x\\] `[a`](https://site.example/u)');
});

describe('code', () => {
  test.each([
    ['a class on code', '<pre><code class="language-rust">x</code></pre>', 'rust'],
    ['a class on pre', '<pre class="lang-py">x</pre>', 'py'],
    [
      'a box by Sphinx',
      '<div class="highlight-python3 notranslate"><div class="highlight"><pre>x</pre></div></div>',
      'python3',
    ],
    [
      'a box by Rouge',
      '<div class="language-ruby highlighter-rouge"><div class="highlight"><pre class="highlight"><code>x</code></pre></div></div>',
      'ruby',
    ],
    ['GitHub', '<div class="highlight highlight-source-js"><pre>x</pre></div>', 'js'],
    ['a data attribute', '<pre data-lang="go"><code>x</code></pre>', 'go'],
    ['highlight.js', '<pre><code class="hljs typescript">x</code></pre>', 'typescript'],
    ['rustdoc', '<pre class="rust rust-example-rendered"><code>x</code></pre>', 'rust'],
  ])('keeps the language said by %s', (_, html, language) => {
    expect(converted(html)).toBe(`\`\`\`${language}\nx\n\`\`\``);
  });

  test('keeps lines of highlighters and drops their line numbers and buttons', () => {
    const shiki =
      '<pre class="shiki"><code class="language-js"><span class="line">a</span>\n<span class="line">b</span></code></pre>';
    expect(converted(shiki)).toBe('```js\na\nb\n```');
    const numbered =
      '<pre><code class="language-js"><span class="line-number">1</span>a<br><span class="line-number">2</span>b</code><button>Copy</button></pre>';
    expect(converted(numbered)).toBe('```js\na\nb\n```');
    const gutters =
      '<table class="highlighttable"><tr><td class="linenos"><pre>1\n2</pre><td class="code"><div class="highlight-sh"><pre>ls\ncd</pre></div></table>';
    expect(converted(gutters)).toContain('```sh\nls\ncd\n```');
  });

  test('with backticks inside is fenced by more of them', () => {
    expect(converted('<pre>```\nx\n```</pre>')).toBe('````\n```\nx\n```\n````');
    expect(converted('<p><code>a`b</code></p>')).toBe('``a`b``');
  });

  test('keeps its indentation and the space around it in a sentence', () => {
    expect(converted('<pre><code>if x:\n    y</code></pre>')).toBe('```\nif x:\n    y\n```');
    expect(converted('<p>Use <code>Vec&lt;T&gt;</code> as a stack</p>')).toBe('Use `Vec<T>` as a stack');
  });
});

describe('links and images', () => {
  test('are absolute, by the base of the page', () => {
    const html = '<a href="../x?a=1">up</a> <a href="#part">part</a> <a href="//cdn.example/y">other</a>';
    expect(converted(html)).toBe(
      '[up](https://site.example/x?a=1) [part](https://site.example/dir/page.html#part) [other](https://cdn.example/y)',
    );
    expect(converted(`<base href="https://base.example/b/">${html}`)).toContain('[up](https://base.example/x?a=1)');
  });

  test('that run code or carry their content are text', () => {
    expect(
      converted('<a href="javascript:alert(1)">a</a> <a href="data:text/html,x">b</a> <a href=" JaVaScRiPt:x">c</a>'),
    ).toBe('a b c');
  });

  test('cannot break out of their Markdown', () => {
    expect(converted('<a href="/a(b) c>d">[x](y)</a>')).toBe('[\\[x\\](y)](https://site.example/a%28b%29%20c%3Ed)');
  });

  test('and images end where their own brackets end, whatever text is in them', () => {
    const breaking = 'a](http://evil.example) ![';
    expect(converted(`<p><a href="/x">${breaking}</a></p>`)).toBe(
      '[a\\](http://evil.example) !\\[](https://site.example/x)',
    );
    expect(converted(`<img src="/x.png" alt="${breaking}">`)).toBe(
      '![a\\](http://evil.example) !\\[](https://site.example/x.png)',
    );
    expect(converted('<iframe src="/f" title="a](http://evil.example)"></iframe>')).toBe(
      '[a\\](http://evil.example)](https://site.example/f)',
    );
    expect(converted('<p><a href="/x">te]xt</a> <a href="/y">[1]</a></p>')).toBe(
      '[te\\]xt](https://site.example/x) [[1]](https://site.example/y)',
    );
  });

  test('of lazy loaders and tracking pixels are told apart', () => {
    const html =
      '<p>x</p><img src="data:image/gif;base64,R0" data-src="/real.png" alt="Real"><img src="/t.gif" width=1 height=1><img srcset="/s.png 1x, /l.png 2x">';
    expect(converted(html)).toBe('x\n\n![Real](https://site.example/real.png)![](https://site.example/l.png)');
    expect(converted(html, { images: 'alt' })).toBe('x\n\nReal');
    expect(converted(html, { images: 'none' })).toBe('x');
  });

  test('can be left out or listed at the end', () => {
    const html = '<p>See <a href="/a">this</a> and <a href="/b">that</a>.</p>';
    expect(converted(html, { links: 'none' })).toBe('See this and that.');
    expect(converted(html, { links: 'list' })).toBe(
      'See this and that.\n\n## Links\n\n- this: https://site.example/a\n- that: https://site.example/b',
    );
  });

  test('around a whole card keep their target', () => {
    expect(converted('<a href="/card"><h3>Title</h3><p>Words</p></a>')).toBe(
      '[**Title** Words](https://site.example/card)',
    );
  });
});

describe('other marks', () => {
  test.each([
    [
      'task lists',
      '<ul><li><input type=checkbox checked> done<li><input type=checkbox> open</ul>',
      '- [x] done\n- [ ] open',
    ],
    ['numbered lists', '<ol start=3><li>c<li>d<ul><li>e</ul></ol>', '3. c\n4. d\n   - e'],
    ['definition lists', '<dl><dt>Term<dd>Meaning</dl>', '**Term**\n\n: Meaning'],
    [
      'figures',
      '<figure><img src=/a.png alt=A><figcaption>Caption</figcaption></figure>',
      '![A](https://site.example/a.png)\n\n_Caption_',
    ],
    ['details', '<details><summary>More</summary><p>Inside</p></details>', '**More**\n\nInside'],
    ['quotes', '<blockquote><p>a</p><p>b</p></blockquote>', '> a\n> \n> b'],
    [
      'keys, struck text, raised and lowered',
      '<p><kbd>Ctrl</kbd> <del>old</del> x<sup>2</sup> H<sub>2</sub>O</p>',
      '`Ctrl` ~~old~~ x² H₂O',
    ],
    ['formulas', '<p><math alttext="E=mc^2"><mi>E</mi></math></p>', '$E=mc^2$'],
    ['films', '<video src="/v.mp4" title="Film"></video>', '[Film](https://site.example/v.mp4)'],
    ['heading permalinks', '<h2 id=a>Name <a href="#a">¶</a></h2>', '## Name'],
    [
      'text that looks like markup',
      '<p>1. *a* _b_ snake_case &lt;div&gt; # c</p>',
      '1\\. \\*a\\* \\_b\\_ snake_case \\<div> # c',
    ],
  ])('%s', (_, html, markdown) => {
    expect(converted(html)).toBe(markdown);
  });
});

describe('text a reader cannot see', () => {
  test.each([
    '<p hidden>SECRET</p>',
    '<p aria-hidden="true">SECRET</p>',
    '<p style="display: none">SECRET</p>',
    '<p style="VISIBILITY:hidden">SECRET</p>',
    '<p style="position:absolute;left:-9999px">SECRET</p>',
    '<p style="font-size:0">SECRET</p>',
    '<p style="opacity:0">SECRET</p>',
    '<p style="color:#fff;background:#fff">SECRET</p>',
    '<p style="height:0;overflow:hidden">SECRET</p>',
    '<p class="sr-only">SECRET</p>',
    '<style>.x9{display:none}</style><p class="x9">SECRET</p>',
    '<style>#x9 { color: red; visibility: hidden }</style><p id="x9">SECRET</p>',
    '<p><math><mi>x</mi><mphantom><mtext>SECRET</mtext></mphantom></math></p>',
    '<template>SECRET</template><noscript>SECRET</noscript><script>SECRET</script><!-- SECRET -->',
    '<div style="display:none"><div><p>SECRET</p></div></div>',
    '<datalist><option>SECRET</datalist><select hidden><option>SECRET</select>',
    '<svg><desc>SECRET</desc><defs><text>SECRET</text></defs></svg>',
  ])('is left out: %s', (html) => {
    for (const extract of ['main', 'full'] as const) {
      const text = converted(`<body><p>Seen words.</p>${html}</body>`, { extract });
      expect(text).toContain('Seen words.');
      expect(text).not.toContain('SECRET');
    }
  });

  test('is left out letter by letter too: tag characters, bidi overrides, zero width', () => {
    const smuggled = [...'evil'].map((letter) => String.fromCodePoint(0xe0000 + letter.charCodeAt(0))).join('');
    expect(converted(`<p>a${smuggled}b\u202ec\u200bd</p><img src=/x.png alt="e${smuggled}f">`)).toBe(
      'abcd\n\n![ef](https://site.example/x.png)',
    );
  });
});

describe('the content', () => {
  const sentence = 'This sentence belongs to the story, and it goes on for a while, so that it counts. ';
  const page = (body: string) =>
    `<html><head><title>Site</title></head><body><nav><a href="/1">Home</a><a href="/2">About</a></nav><div class="sidebar">${'<a href="/r">Related story</a>'.repeat(20)}</div>${body}<footer>Imprint</footer></body></html>`;

  test('is found without navigation, sidebars and footers', () => {
    const text = converted(page(`<div class="story"><h1>Story</h1>${`<p>${sentence}</p>`.repeat(8)}</div>`), {
      extract: 'main',
    });
    expect(text.startsWith('# Story')).toBe(true);
    expect(text).not.toMatch(/Related|Imprint|About/);
  });

  test('is found where paragraphs are only parted by line breaks', () => {
    const text = converted(
      page(`<h1>Story</h1><div><div class="x">${`${sentence.repeat(3)}<br><br>`.repeat(6)}</div></div>`),
      { extract: 'main' },
    );
    expect(text.split('This sentence')).toHaveLength(19);
    expect(text).not.toMatch(/Related|Imprint/);
  });

  test('has the heading of the page even where that stands outside', () => {
    const text = converted(
      `<div class="top"><h1>The Headline</h1></div><article>${`<p>${sentence}</p>`.repeat(8)}</article>`,
      { extract: 'main' },
    );
    expect(text.startsWith('# The Headline\n\nThis sentence')).toBe(true);
  });

  test('is the whole page with a warning where nothing looks like content', () => {
    const result = convertPage(
      page('<ul><li><a href=/a>One link</a><li><a href=/b>Two link</a></ul>'),
      'https://site.example/',
      { ...wholePage, extract: 'main' },
    );
    expect(result.text).toContain('One link');
    const empty = convertPage('<div id="app"></div><script>render()</script>', 'https://site.example/', {
      ...wholePage,
      extract: 'main',
    });
    expect([empty.extraction, empty.text, empty.warnings.length]).toEqual(['fallback', '', 1]);
  });

  test('is shown where a page streams it into hidden boxes or fades it in', () => {
    const story = `<p>${sentence.repeat(4)}</p>`.repeat(3);
    const streamed = `<main>Loading <template id="B:0"></template></main><div hidden id="S:0">${story}</div><div hidden id="S:1">SECRET</div>`;
    const text = converted(streamed, { extract: 'main' });
    expect(text).toContain('This sentence');
    expect(text).not.toContain('SECRET');
    const faded = `<div style="opacity:0;transform:translateY(20px)">${story}</div>`;
    const result = convertPage(faded, 'https://site.example/', { ...wholePage, extract: 'main' });
    expect([result.text.includes('This sentence'), result.warnings.length]).toEqual([true, 1]);
    expect(converted(`${story}<p style="opacity:0;transform:none">SECRET</p>`)).not.toContain('SECRET');
  });

  test('never has a hidden heading put above it', () => {
    const text = converted(`<div hidden><h1>SECRET</h1></div><article>${`<p>${sentence}</p>`.repeat(8)}</article>`, {
      extract: 'main',
    });
    expect(text).not.toContain('SECRET');
  });

  test('is what a selector names, less what another takes away', () => {
    const html = page('<div id=a><p>Wanted <b class=no>not this</b></p></div><p>Other</p>');
    expect(converted(html, { selector: '#a', removeSelector: '.no' })).toBe('Wanted');
    expect(() => converted(html, { selector: ':::' })).toThrow(/not a CSS selector/);
    expect(convertPage(html, 'https://site.example/', { ...wholePage, selector: '.none' }).warnings).toHaveLength(1);
  });

  test('as text has no markup at all', () => {
    expect(
      converted('<h1>A</h1><p>b <b>c</b> <a href=/x>d</a></p><table><tr><th>k<th>v<tr><td>1<td>2</table>', {
        format: 'text',
      }),
    ).toBe('A\n\nb c d\n\nk\tv\n1\t2');
  });
});

describe('what is not in the page itself is told of', () => {
  const whole = (html: string) => convertPage(html, 'https://site.example/dir/page.html', wholePage);

  test('the pages of a frameset, by their addresses', () => {
    const html =
      '<title>Manual</title><frameset cols="20%,80%"><frame name="toc" src="toc.html"><frame src="/main(1).html"><noframes>old</noframes></frameset>';
    const { text, warnings } = whole(html);
    expect(text).toContain(
      '- [toc](https://site.example/dir/toc.html)\n- [frame](https://site.example/main%281%29.html)',
    );
    expect(text).not.toContain('old');
    expect(warnings.join()).toContain('made of frames');
    const { links } = pageLinks(html, 'https://site.example/dir/page.html');
    expect(links.map(({ url: target }) => target)).toEqual([
      'https://site.example/dir/toc.html',
      'https://site.example/main(1).html',
    ]);
  });

  test('text in shadow roots that the page declares', () => {
    const html = '<p>Seen</p><x-card><template shadowrootmode="open"><p>In the shadow</p></template></x-card>';
    expect(whole(html).warnings.join()).toContain('shadow roots');
    expect(whole('<p>Seen</p><template><p>Inert</p></template>').warnings.join()).not.toContain('shadow');
    expect(whole('<p>Seen</p><div><template shadowrootmode=open><slot></slot></template></div>').warnings).toEqual([]);
  });
});

describe('lists', () => {
  test.each([
    ['count down where they are reversed', '<ol reversed><li>a<li>b</ol>', '2. a\n1. b'],
    ['count down from their start', '<ol reversed start=10><li>a<li>b</ol>', '10. a\n9. b'],
    ['begin where they say', '<ol start=5><li>a<li value=9>b<li>c</ol>', '5. a\n9. b\n10. c'],
    [
      'nest in a list without an item',
      '<ul><li>a</li><ul><li>b</li><ul><li>c</li></ul></ul><li>d</li></ul>',
      '- a\n  - b\n    - c\n- d',
    ],
    [
      'nest in a numbered list without an item',
      '<ol><li>a</li><ol><li>b</li></ol><li>c</li></ol>',
      '1. a\n   1. b\n2. c',
    ],
  ])('%s', (_, html, markdown) => {
    expect(converted(html)).toBe(markdown);
  });
});
