import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { type PageOptions, wholePage } from '../../../src/plugins/fetch/convert/job.ts';

function converted(html: string, options: Partial<PageOptions> = {}): string {
  return convertPage(html, 'https://site.example/dir/page.html', { ...wholePage, ...options }).text;
}

const prose = '<p>Words of the article, with commas, and enough of them to be its main content.</p>'.repeat(10);
function main(html: string): string {
  const text = converted(`<main><h1>Title</h1>${prose}${html}</main>`, { extract: 'main' });
  return text.slice(text.lastIndexOf('main content.') + 'main content.'.length).trim();
}

describe('the whole page has what its controls show', () => {
  test.each([
    ['a button in a text', '<p>Press <button>Save</button> to keep.</p>', 'Press Save to keep.'],
    ['buttons that touch', '<div><button>A</button><button>B</button></div>', 'A B'],
    ['a button before a mark', '<p>Press <button type=submit><b>Save</b></button>.</p>', 'Press **Save**.'],
    [
      'a cell of a button',
      '<table><tr><th>Plan<th>Price<tr><td><button>Pro plan</button><td>1</table>',
      '| Plan | Price |\n| --- | --- |\n| Pro plan | 1 |',
    ],
    ['the question of an accordion', '<div><button>Why?</button><div><p>Because.</p></div></div>', 'Why?\n\nBecause.'],
    ['a button around blocks', '<button><h3>Why?</h3><div>Read on</div></button>', '### Why?\n\nRead on'],
    [
      'the options of a list',
      '<p>Size <select><option>S<option selected>M<optgroup label=Big><option label=Large>L</select></p>',
      'Size S / M / Large',
    ],
    [
      'the choice in a long list',
      `<select>${'<option>Some country'.repeat(30)}<option selected>Norway</select>`,
      'Norway (one of 31 options)',
    ],
    ['a text area', '<label>Notes <textarea>first &lt;b&gt;\n\nthen</textarea></label>', 'Notes first \\<b> then'],
    [
      'values of inputs',
      '<p><input value=one><input type=EMAIL value=a@b.c> <input type=submit value=Send></p>',
      'one a@b.c Send',
    ],
    [
      'a drawing',
      '<svg><title>no</title><defs><text>no</text></defs><g><text x=1>One <tspan>line</tspan></text><text>Two</text></g></svg>',
      'One line Two',
    ],
    [
      'HTML in a drawing',
      '<p>See <svg><foreignObject><div>In</div><div>side</div></foreignObject></svg>.</p>',
      'See In side.',
    ],
    ['an object that names nothing', '<object><p>Fallback</p></object>', 'Fallback'],
    [
      'an object that names a file',
      '<object data="a.pdf"><p>Not shown</p>nor this</object>',
      '[embedded file](https://site.example/dir/a.pdf)',
    ],
    [
      'a page in an attribute',
      '<p>a</p><iframe srcdoc="<h2>In</h2><p>side <a href=x>link</a></p>"></iframe>',
      'a\n\n## In\n\nside [link](https://site.example/dir/x)',
    ],
    [
      'such a page in a cell',
      '<table><tr><th>A<th>B<tr><td><iframe srcdoc="<p>In</p>"></iframe><td>1</table>',
      '| A | B |\n| --- | --- |\n| In | 1 |',
    ],
  ])('%s', (_, html, text) => {
    expect(converted(html)).toBe(text);
  });

  test.each([
    [
      'hidden inputs and passwords',
      '<input type=hidden value=no><input type=Password value=no><input type=" hidden " value=no>',
    ],
    ['boxes and files', '<input type=checkbox value=no><input type=radio value=no><input type=file value=no>'],
    [
      'what the page hides',
      '<button hidden>no</button><select style="display:none"><option>no</select><textarea class=sr-only>no</textarea><svg hidden><text>no</text></svg><input style="opacity:0" value=no>',
    ],
    ['hidden options', '<select><option hidden>no<option style="display:none">no</select>'],
    ['buttons on code', '<pre><button>no</button></pre>'],
    [
      'what a drawing does not draw',
      '<svg viewBox="0 0 10 10"><text display=none>no</text><text fill=none>no</text><text style="fill-opacity:0">no</text><text font-size=0>no</text><g opacity=0><text>no</text></g><text x=900 y=5>no</text><text x=1 y=-50>no</text><text visibility=hidden>no</text></svg>',
    ],
    [
      'what a page in a frame hides',
      '<style>p{display:block!important}</style><iframe srcdoc="<style>p{display:none}</style><p>no</p><button hidden>no</button>"></iframe>',
    ],
    ['frames in frames', '<iframe srcdoc="<iframe srcdoc=\'<p>no</p>\'></iframe>"></iframe>'],
    ['frames of no size', '<iframe width=1 height=1 srcdoc="<p>no</p>"></iframe>'],
  ])('and not %s', (_, html) => {
    expect(converted(`<p>seen</p>${html}`)).not.toContain('no');
    expect(converted(`<p>seen</p>${html}`)).toContain('seen');
  });

  test('a page that stands all in a frame is not called empty', () => {
    const framed = `<iframe srcdoc="${`<p>${'Words of a letter. '.repeat(20)}</p>`}"></iframe>`;
    for (const extract of ['main', 'full'] as const) {
      const { text, warnings } = convertPage(framed, 'https://site.example/', { ...wholePage, extract });
      expect(text).toContain('Words of a letter.');
      expect(warnings.join()).not.toContain('almost no text');
    }
  });

  test('a selector may name a control itself', () => {
    const html = '<select id=s><option>A<option>B</select><button>Go</button><input id=i value=V>';
    expect(converted(html, { selector: '#s' })).toBe('A / B');
    expect(converted(html, { selector: 'button' })).toBe('Go');
    expect(converted(html, { selector: '#i' })).toBe('V');
  });
});

describe('the main content has buttons that are part of it', () => {
  test.each([
    ['in a text', '<p>Press <button>Save</button> to keep.</p>', 'Press Save to keep.'],
    ['in a text, inside emphasis', '<p>Press <b><button>Save</button></b> to keep.</p>', 'Press **Save** to keep.'],
    [
      'that fill a cell',
      '<table><tr><th>Plan<th>Price<tr><td><button>Pro plan</button><td>1</table>',
      '| Plan | Price |\n| --- | --- |\n| Pro plan | 1 |',
    ],
    [
      'that open what is below',
      '<div><button aria-expanded=false>Why?</button><div><p>Because.</p></div></div>',
      'Why?\n\nBecause.',
    ],
  ])('%s', (_, html, text) => {
    expect(main(html)).toBe(text);
  });

  test.each([
    ['rows of buttons', '<div><button>Share</button><button>Print</button></div>'],
    ['lists of buttons', '<ul><li><button>Share</button></li><li><button>Print</button></li></ul>'],
    ['buttons beside links', '<p><a href=x>.</a> <button>Share</button></p>'],
    ['menus', '<div><button aria-expanded=false aria-haspopup=true>Share</button></div>'],
    ['tools in cells', '<table><tr><th>Plan<th>Do<tr><td>x<td><button>Share</button><button>Print</button></table>'],
    ['tools beside headings', '<h2>Part <button>Share</button></h2>'],
    ['what forms hold', '<p>Size <select><option>Share</select><textarea>Print</textarea><input value=Print></p>'],
  ])('and not %s', (_, html) => {
    expect(main(html)).not.toMatch(/Share|Print/);
  });
});
