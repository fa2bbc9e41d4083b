import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

// Each contender: how it turns one HTML page into Markdown. Loaded in a process of its own, so that memory is its own too.
const loaders = {
  'this project, main content': async () => ours('main'),
  'this project, whole page': async () => ours('full'),
  'turndown + @joplin/turndown-plugin-gfm (domino)': async () => {
    const { default: Turndown } = await import('turndown');
    const { gfm } = await import('@joplin/turndown-plugin-gfm');
    const service = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced' }).use(gfm);
    return (html) => service.turndown(html);
  },
  'turndown + turndown-plugin-gfm (domino)': async () => {
    const { default: Turndown } = await import('turndown');
    const { gfm } = await import('turndown-plugin-gfm');
    const service = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced' }).use(gfm);
    return (html) => service.turndown(html);
  },
  'Readability + linkedom + turndown + gfm': async () => {
    const { default: Turndown } = await import('turndown');
    const { gfm } = await import('@joplin/turndown-plugin-gfm');
    const { Readability } = await import('@mozilla/readability');
    const { parseHTML } = await import('linkedom');
    const service = new Turndown({ headingStyle: 'atx', codeBlockStyle: 'fenced' }).use(gfm);
    return (html) => service.turndown(new Readability(parseHTML(html).document).parse()?.content ?? '');
  },
  'node-html-markdown': async () => {
    const { NodeHtmlMarkdown } = await import('node-html-markdown');
    return (html) => NodeHtmlMarkdown.translate(html);
  },
  mdream,
  'kreuzberg html-to-markdown': async () => {
    const { default: kreuzberg } = await import('@kreuzberg/html-to-markdown-node');
    return (html) => kreuzberg.convert(html).content;
  },
};

export const names = Object.keys(loaders);

/**
 * mdream's native part, or the WebAssembly build that its package holds as well: npm leaves the native one of Linux out
 * below Node 22, which its `engines` ask for.
 */
async function mdream() {
  try {
    const { htmlToMarkdown } = await import('mdream');
    return Object.assign((html, url) => htmlToMarkdown(html, { origin: new URL(url).origin }), { form: 'native' });
  } catch {
    const { htmlToMarkdownResult, initSync } = await import('mdream/wasm');
    const file = fileURLToPath(import.meta.resolve('mdream/wasm/mdream_edge_bg.wasm'));
    initSync({ module: readFileSync(file) });
    const convert = (html, url) =>
      htmlToMarkdownResult(html, { origin: new URL(url).origin, cleanUrls: false }).markdown ?? '';
    return Object.assign(convert, { form: 'WebAssembly' });
  }
}

async function ours(extract) {
  const { convertPage } = await import('../../dist/plugins/fetch/convert/html/convert-page.js');
  const options = { format: 'markdown', extract, links: 'inline', images: 'keep' };
  return (html, url) => convertPage(html, url, options).text;
}

if (process.send) {
  const convert = await loaders[process.argv[2]]();
  process.on('message', ({ html, url }) => {
    const begun = process.cpuUsage();
    let text;
    let error;
    try {
      text = convert(html, url);
    } catch (cause) {
      error = String(cause?.message ?? cause).slice(0, 120);
    }
    const { user, system } = process.cpuUsage(begun);
    const ms = (user + system) / 1000;
    process.send({ ms, text, error, peakMb: process.resourceUsage().maxRSS / 1024 });
  });
  process.send({ ready: true, form: convert.form });
}
