import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const text = (html: string) => convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full' }).text;
const styled = (css: string) => text(`<style>${css}</style><p>Seen</p><p class="x y">JUDGED</p>`);

describe('a declaration that no browser takes shows nothing', () => {
  test.each([
    ...['display:none;display:blocky', 'display:none;display:block foo', 'display:none;display:block !importan'],
    ...['display:none;display:-webkit-nonsense', 'display:none;display:-ms-grid', 'display:none;display:run-in'],
    ...['display:none;display:block\\ ', 'display:none;dis\\plays:block'],
    ...['display:none;display\\ :block', 'opacity:0;opacity:\\31', 'display:none;display:revert-layer'],
    ...['opacity:0;opacity:x', 'opacity:0;opacity:1 1', 'opacity:0;opacity:1.', 'visibility:hidden;visibility:seen'],
    ...['font-size:0;font-size:16', 'font-size:0;font:zz', 'font-size:0;font:16px', 'font-size:0;font-size:16zz'],
    ...['color:#fff;color:blackish', 'color:transparent;color:zz', 'color:#fff;background-color:blackk'],
    ...['color:#fff;background:black bogus', 'color:#fff;background:bogus', 'color:#fff;background-image:bogus'],
    ...['color:#fff;background:black black', 'color:#fff;background:url()', 'color:transparent;background-clip:textz'],
    ...['left:-9999px;left:zz', 'left:-9999px;left:5', 'text-indent:-9999px;text-indent:none'],
    ...['clip-path:inset(50%);clip-path:zz', 'clip-path:inset(50%);clip-path:inset(zz)', 'clip:rect(0,0,0,0);clip:zz'],
    ...[
      'transform:scale(0);transform:zz',
      'transform:scale(0);transform:translate(5)',
      'scale:0;scale:x',
      'zoom:0;scale:1',
    ],
    ...[
      'height:0;overflow:hidden;height:zz',
      'overflow:hidden;height:0;overflow:foo',
      'translate:-9999px;translate:zz',
    ],
    ...['filter:opacity(0);filter:blur(zz)', 'filter:opacity(0);filter:frob(1)', 'font:400 0px/1 serif'],
    ...['mask:linear-gradient(#0000,#0000);mask:zz', 'content-visibility:hidden;content-visibility:zz'],
  ])('%s', (style) => {
    expect(text(`<p>Seen</p><div style="${style}">JUDGED</div>`)).toBe('Seen');
    expect(styled(`.x{${style}}`)).toBe('Seen');
  });

  test.each([
    ...['display:none;display:block', 'display:none;display:block flow', 'display:none;display:unset'],
    ...['display:none;display:revert', 'display:none;display:inline-flex', 'display:none;display:bl\\6f ck'],
    ...['opacity:0;opacity:.9', 'opacity:0;opacity:90%', 'visibility:hidden;visibility:visible', 'scale:0;scale:1 1'],
    ...['font-size:0;font-size:16px', 'font-size:0;font:400 16px/1.5 Arial, serif', "font-size:0;font:16px'Some Font'"],
    ...['font-size:0;font-size:clamp(1rem, 2vw, 3rem)', 'font-size:0;font-size:medium', 'font-size:0;font:menu'],
    ...[
      'color:#fff;color:rgb(1 2 3)',
      'color:transparent;color:black',
      'color:#fff;background:black no-repeat 0 0/cover',
    ],
    ...[
      'left:-9999px;left:auto',
      'left:-9999px;left:0',
      'clip-path:inset(50%);clip-path:none',
      'clip:rect(0,0,0,0);clip:auto',
    ],
    ...['transform:scale(0);transform:scale(1) translateX(5px)', 'transform:scale(0);transform:none', 'zoom:0;zoom:1'],
    ...[
      'height:0;overflow:hidden;height:auto',
      'height:0;overflow:hidden;overflow:visible',
      'filter:opacity(0);filter:none',
    ],
    ...['max-height:0;overflow:hidden;max-height:calc(50vh - 10px)', 'mask:linear-gradient(#0000,#0000);mask:none'],
  ])('while one that they take does: %s', (style) => {
    expect(text(`<div style="${style}">JUDGED</div>`)).toBe('JUDGED');
  });
});
