import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const sentence =
  'The river runs past the old mill, the bridge and the market, and people come here in summer, in autumn and in spring.';
const prose = (times: number) => Array.from({ length: times }, () => sentence).join(' ');
const nav = '<nav><a href=/a>Home</a> <a href=/b>About</a></nav>';
const footer = '<footer><p>Printed matter of the town.</p></footer>';
const times = (count: number, make: (index: number) => string) =>
  Array.from({ length: count }, (_, i) => make(i)).join('');

function main(body: string) {
  return convertPage(`<html><body>${body}</body></html>`, 'https://site.example/', { ...wholePage, extract: 'main' });
}

/** Which of MARK0, MARK1, … are in the main content of a page. */
function marks(body: string): string[] {
  return [...new Set(main(body).text.match(/MARK\d+/g))];
}

const first = (count: number) => Array.from({ length: count }, (_, i) => `MARK${i}`);

describe('of many parts that are alike, all are content', () => {
  const entry = (i: number) =>
    `<div class=entry><h2>E${i}</h2><div class=entry-content><p>MARK${i} ${prose(1 + (i % 4))}</p></div></div>`;
  test.each([
    [
      'posts of a thread',
      `<h1>T</h1>${times(8, (i) => `<div class=msg><div class=user>u${i}</div><div class=body><p>MARK${i} ${prose(2)}</p></div></div>`)}`,
    ],
    ['entries of a blog', nav + times(8, entry) + footer],
    ['entries in a box', `${nav}<div id=posts>${times(8, entry)}</div>${footer}`],
    [
      'articles of uneven length',
      nav + times(8, (i) => `<article><h2>A</h2><p>MARK${i} ${prose(1 + (i % 4) * 3)}</p></article>`) + footer,
    ],
    [
      'rows, the last of them short',
      times(8, (i) => `<div class=row><div class=cell><p>MARK${i} ${i < 7 ? prose(5) : ''}</p></div></div>`),
    ],
    [
      'posts with numbers in their classes',
      times(
        8,
        (i) =>
          `<div class="post post-${i} ${i % 2 ? 'odd' : 'even'}"><div class=body><p>MARK${i} ${prose(2)}</p></div></div>`,
      ),
    ],
  ])('%s', (_, body) => {
    expect(marks(body)).toEqual(first(8));
  });

  test('and so are the names above them', () => {
    const page = times(
      4,
      (i) => `<div class=msg><div class=user>user${i}</div><div class=body><p>${prose(2)}</p></div></div>`,
    );
    expect(main(page).text).toMatch(/user0[\s\S]*user1[\s\S]*user3/);
  });
});

describe('what stands beside the chosen content', () => {
  const answer = (i: number) => `<div class=answer><div class=text><p>MARK${i} ${prose(3)}</p></div></div>`;
  test.each([
    [
      'a question before its answers',
      `<div class=post><p>MARK0 ${prose(1)}</p></div><div class=answers>${times(3, (i) => answer(i + 1))}</div>`,
    ],
    [
      'a question with code',
      `<h1>Q</h1><div class=question><div class=cell><p>MARK0 ${prose(1)}</p><pre><code>call(MARK0)</code></pre></div></div><div id=answers>${times(3, (i) => answer(i + 1))}</div>`,
    ],
    [
      'a block after main',
      `<main><h1>T</h1><p>MARK0 ${prose(9)}</p><p>MARK1 ${prose(5)}</p><p>MARK2</p></main><div><p>MARK3 ${prose(6)}</p></div>`,
    ],
  ])('is kept where it is prose: %s', (_, body) => {
    expect(marks(nav + body + footer)).toEqual(first(4));
  });

  test('is kept where it is much prose under a name that speaks against it', () => {
    const body = `<main><p>MARK0 ${prose(20)}</p></main><div class=related-work><p>MARK1 ${prose(6)}</p></div>`;
    expect(marks(nav + body + footer)).toEqual(first(2));
  });

  test('is left out where it is links', () => {
    const links = times(9, (i) => `<a href=/${i}>MARK${i} another story that may be worth a look</a> `);
    expect(marks(`${nav}<div><p>${prose(9)}</p></div><div>${links}</div>${footer}`)).toEqual([]);
  });

  test('is told where it is much prose that is called no content', () => {
    const body = `<div class=text><p>${prose(8)}</p></div><div class=comments><p>MARK0 ${prose(9)}</p></div>`;
    const { text, warnings } = main(body);
    expect(text.includes('MARK0') || warnings.some((warning) => warning.includes('full'))).toBe(true);
  });
});

describe('prose inside the content stays', () => {
  const names = [
    ...[
      'share-price-table',
      'comment-on-law',
      'popup-book',
      'cookie-recipe',
      'related-work',
      'social-science',
      'menu-item',
    ],
    ...[
      'recipe-menu',
      'footer-notes',
      'sidebar-note',
      'toolbar-guide',
      'modal-verbs',
      'nav-guide',
      'ads-api',
      'shared',
    ],
    ...['header', 'subscribe', 'widget', 'gdpr', 'cookie-notice', 'extra', 'tags', 'metadata', 'toc'],
  ];
  const around = (box: string) => `${times(3, () => `<p>${prose(4)}</p>`)}${box}<p>${prose(4)}</p>`;
  test.each(names)('in a box of class %s', (name) => {
    const box = `<div class=${name}><h2>Sub</h2><p>MARK0 ${prose(2)}</p></div>`;
    for (const holder of ['article', 'main', 'div']) {
      expect(marks(`${nav}<${holder}><h1>T</h1>${around(box)}</${holder}>${footer}`)).toEqual(['MARK0']);
    }
  });

  test.each([
    ['share buttons', '<div class=share-buttons>MARK0 <a href=/f>Share this</a> <a href=/t>Tweet this</a></div>'],
    ['a cookie banner', `<div class=cookie-banner><p>MARK0 ${sentence}</p><button>Accept</button></div>`],
    ['a newsletter form', `<div class=newsletter><p>MARK0 ${sentence}</p><input name=mail><button>Go</button></div>`],
    [
      'related stories',
      `<div class=related>MARK0 ${times(5, (i) => `<a href=/${i}>Another story of the town</a> `)}</div>`,
    ],
  ])('but %s do not', (_, box) => {
    expect(marks(`${nav}<article><h1>T</h1>${around(box)}</article>${footer}`)).toEqual([]);
  });
});
