import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';
import { stripTags } from '../../../src/plugins/fetch/convert/strip-tags.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full' }).text;
const bootstrap =
  '<style>.d-none{display:none!important}@media(min-width:768px){.d-md-block{display:block!important}.d-md-none{display:none!important}.d-md-table-cell{display:table-cell!important}}</style>';
const link = '<link rel="stylesheet" href="/app.css">';

describe("the page's own sheets decide what a class does", () => {
  test.each([
    ['is shown on a desktop', `${bootstrap}<p class="d-none d-md-block">DESK</p>`, 'DESK'],
    ['is hidden on a desktop', `${bootstrap}<p class="d-md-none">PHONE</p><p>Seen</p>`, 'Seen'],
    ['is hidden everywhere', `${bootstrap}<p class="d-none">SECRET</p><p>Seen</p>`, 'Seen'],
    ['is shown by a rule of its own', '<style>.hide{display:block}</style><p class="hide">SHOWN</p>', 'SHOWN'],
    [
      'is hidden in one place, and shown elsewhere',
      '<style>.off .hidden{display:none}</style><p class="hidden">SHOWN</p><div class="off"><p class="hidden">SECRET</p></div>',
      'SHOWN',
    ],
    [
      'is a column of a table',
      `${bootstrap}<table><tr><th>A<th class="d-none d-md-table-cell">B</tr><tr><td>1<td class="d-none d-md-table-cell">2</tr></table>`,
      '| A | B |\n| --- | --- |\n| 1 | 2 |',
    ],
    [
      'is spoken of in a colour only',
      `${link}<style>.hidden{color:red}</style><p class="hidden">SECRET</p><p>Seen</p>`,
      'Seen',
    ],
    [
      'is spoken of on paper only',
      `${link}<style>@media print{.d-none{display:block}}</style><p class="d-none">SECRET</p><p>Seen</p>`,
      'Seen',
    ],
  ])('%s', (_, html, shown) => {
    expect(text(html)).toBe(shown);
  });

  test('also where the page is read as bare text', () => {
    expect(stripTags('<style>.d-none{display:none}</style><p class="d-none">SECRET</p><p>Seen</p>')).toBe('Seen');
    expect(stripTags('<style>.hide{display:block}</style><p class="hide">Seen</p>')).toBe('Seen');
  });
});

describe('where no sheet at hand names them, classes of frameworks', () => {
  test.each([
    ...['d-none', 'hidden', 'hide', 'invisible', 'opacity-0', 'is-hidden', 'sr-only', 'visually-hidden', 'uk-hidden'],
    ...['screen-reader-text', 'd-none d-xxl-block', 'd-none d-md-block d-lg-none', 'hidden md:block xl:hidden'],
    ...[
      'hidden 2xl:block',
      'hidden print:block',
      'hidden hover:block',
      'd-none d-print-block',
      'opacity-0 md:opacity-0',
    ],
    ...['hidden max-md:block', 'hide show-for-medium-only', 'visually-hidden skip-link', 'a hidden b'],
  ])('hide: %s', (classes) => {
    expect(text(`${link}<p class="${classes}">SECRET</p><p>Seen</p>`)).toBe('Seen');
  });

  test.each([
    ...['d-none d-md-block', 'd-none d-sm-inline', 'd-none d-lg-flex', 'd-none d-md-none d-xl-inline-block'],
    ...['hidden md:block', 'hidden sm:flex', 'hidden lg:table-cell', 'tw-hidden md:tw-block', 'invisible md:visible'],
    ...['opacity-0 md:opacity-100', 'hide show-for-medium', 'hidden visible-lg-block', 'sr-only md:not-sr-only'],
    ...['display-none tablet:display-block', 'slds-hide slds-show_medium', 'hidden-xs', 'hide-me', 'overflow-hidden'],
  ])('show on a desktop: %s', (classes) => {
    expect(text(`${link}<div class="${classes}">SHOWN</div>`)).toBe('SHOWN');
  });

  test('keep the columns of a table', () => {
    const cells = (name: string, ...texts: string[]) =>
      texts.map((cell) => `<${name} class="d-none d-md-table-cell">${cell}</${name}>`).join('');
    expect(text(`${link}<table><tr>${cells('th', 'A', 'B')}</tr><tr>${cells('td', '1', '2')}</tr></table>`)).toBe(
      '| A | B |\n| --- | --- |\n| 1 | 2 |',
    );
  });
});

test('what is checked as the page is sent shows and hides', () => {
  const tabs = '<style>.c{display:none}[type=radio]:checked+label+.c{display:block}</style>';
  const tab = (name: string, checked = '') =>
    `<input type=radio name=t ${checked}><label></label><div class=c>${name}</div>`;
  expect(text(tabs + tab('SHOWN', 'checked') + tab('SECRET'))).toBe('SHOWN');
});
