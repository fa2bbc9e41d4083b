import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

function converted(html: string): string {
  return convertPage(html, 'https://site.example/dir/page.html', wholePage).text;
}

const chroma = (code: string) => `<div class="highlight"><div class="chroma">
<table class="lntable"><tr><td class="lntd">
<pre tabindex="0" class="chroma"><code><span class="lnt">1
</span><span class="lnt">2
</span><span class="lnt">3
</span></code></pre></td>
<td class="lntd">
<pre tabindex="0" class="chroma">${code}</pre></td></tr></table>
</div>
</div>`;

const rows = (lines: readonly string[], row: (line: string, number: number) => string) =>
  lines.map((line, index) => row(line, index + 1)).join('\n');
const code = ['func main() {', '', '  x := 1', '}'];
const fence = (language: string) => `\`\`\`${language}\n${code.join('\n')}\n\`\`\``;

describe('code with line numbers is one fence without them', () => {
  test.each([
    [
      'Chroma, with a table',
      chroma(
        '<code class="language-go" data-lang="go"><span class="line"><span class="cl"><span class="kd">func</span> main() {\n</span></span><span class="line"><span class="cl">\n</span></span><span class="line"><span class="cl">  x := 1\n</span></span><span class="line"><span class="cl">}\n</span></span></code>',
      ),
      'go',
    ],
    [
      'Chroma, in the line',
      `<div class="highlight"><pre class="chroma"><code class="language-go" data-lang="go">${rows(code, (line, n) => `<span class="line"><span class="ln"> ${n}</span><span class="cl">${line}\n</span></span>`).replaceAll('</span>\n<', '</span><')}</code></pre></div>`,
      'go',
    ],
    [
      'Rouge, with a table',
      `<div class="language-go highlighter-rouge"><div class="highlight"><pre class="highlight"><code><table class="rouge-table"><tbody><tr><td class="rouge-gutter gl"><pre class="lineno">1\n2\n3\n4\n</pre></td><td class="rouge-code"><pre>${code.join('\n')}\n</pre></td></tr></tbody></table></code></pre></div></div>`,
      'go',
    ],
    [
      'Rouge, with a row for each line',
      `<div class="language-go highlighter-rouge"><div class="highlight"><pre class="highlight"><code><table class="rouge-line-table"><tbody>${rows(code, (line, n) => `<tr id="L${n}" class="lineno"><td class="rouge-gutter gl"><pre>${n}</pre></td><td class="rouge-code"><pre>${line}\n</pre></td></tr>`)}</tbody></table></code></pre></div></div>`,
      'go',
    ],
    [
      'GitHub',
      `<div class="Box"><table class="highlight tab-size js-file-line-container" data-tab-size="8" data-tagsearch-lang="Go">\n  <tbody>\n${rows(code, (line, n) => `<tr>\n  <td id="L${n}" class="blob-num js-line-number" data-line-number="${n}"></td>\n  <td id="LC${n}" class="blob-code blob-code-inner js-file-line">${line}</td>\n</tr>`)}</tbody></table></div>`,
      'go',
    ],
    [
      'GitLab and others that number each line by data-line-number',
      `<table>${rows(code, (line, n) => `<tr><td data-line-number="${n}">${n}</td><td><pre lang="go">${line}</pre></td></tr>`)}</table>`,
      'go',
    ],
    [
      'highlight.js with line numbers',
      `<pre><code class="hljs language-go"><table class="hljs-ln"><tbody>${rows(code, (line, n) => `<tr><td class="hljs-ln-line hljs-ln-numbers" data-line-number="${n}"><div class="hljs-ln-n" data-line-number="${n}"></div></td><td class="hljs-ln-line hljs-ln-code" data-line-number="${n}">${line}</td></tr>`)}</tbody></table></code></pre>`,
      'go',
    ],
    [
      'Prism',
      `<pre class="line-numbers language-go"><code class="language-go line-numbers">${code.join('\n')}\n<span aria-hidden="true" class="line-numbers-rows"><span></span><span></span></span></code></pre>`,
      'go',
    ],
    [
      'Hexo',
      `<figure class="highlight go"><table><tr><td class="gutter"><pre><span class="line">1</span><br><span class="line">2</span><br></pre></td><td class="code"><pre>${rows(code, (line) => `<span class="line">${line}</span><br>`).replaceAll('\n', '')}</pre></td></tr></table></figure>`,
      'go',
    ],
    [
      'Pygments',
      `<div class="highlight-go notranslate"><table class="highlighttable"><tr><td class="linenos"><div class="linenodiv"><pre><span class="normal">1</span>\n<span class="normal">2</span></pre></div></td><td class="code"><div class="highlight"><pre><span></span>${code.join('\n')}\n</pre></div></td></tr></table></div>`,
      'go',
    ],
    [
      'a bare table in a pre',
      `<pre class="lang-go"><table>${rows(code, (line, n) => `<tr><td>${n}</td><td>${line}</td></tr>`)}</table></pre>`,
      'go',
    ],
    [
      'VitePress, with its numbers beside the code',
      `<div class="language-go line-numbers-mode"><pre><code>${code.join('\n')}</code></pre><div class="line-numbers-wrapper"><span class="line-number">1</span><br><span class="line-number">2</span><br></div></div>`,
      'go',
    ],
  ])('%s', (_, html, language) => {
    expect(converted(`<p>Before.</p>${html}<p>After.</p>`)).toBe(`Before.\n\n${fence(language)}\n\nAfter.`);
  });
});

describe('what only looks like numbered code stays as it is', () => {
  test('a table whose first column counts its rows', () => {
    expect(converted('<table><tr><td>1<td>Ann<tr><td>2<td>Bob</table>')).toBe(
      '|  |  |\n| --- | --- |\n| 1 | Ann |\n| 2 | Bob |',
    );
  });

  test('a table of numbers and calls', () => {
    expect(converted('<table><tr><th>Code<th>Call<tr><td>404<td><code>lost()</code></table>')).toBe(
      '| Code | Call |\n| --- | --- |\n| 404 | `lost()` |',
    );
  });

  test('code whose own text is numbers', () => {
    expect(converted('<pre><code>1\n2\n3</code></pre>')).toBe('```\n1\n2\n3\n```');
  });
});

test('lines that the page hides are left out of numbered code too', () => {
  const row = (attributes: string, line: string) =>
    `<tr${attributes}><td class="blob-num" data-line-number="1">1</td><td class="blob-code">${line}</td></tr>`;
  const html = `<style>.x{display:none}</style><table>${row('', 'seen')}${row(' class="x"', 'unseen')}${row(' hidden', 'unseen')}</table>`;
  expect(converted(html)).toBe('```\nseen\n```');
  expect(converted(`<pre><table hidden><tr><td>1<td>unseen</table>seen</pre>`)).toBe('```\nseen\n```');
  expect(converted(`<pre>seen<code hidden><table><tr><td>1<td>unseen</table></code></pre>`)).toBe('```\nseen\n```');
});
