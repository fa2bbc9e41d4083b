import { describe, expect, test } from 'vitest';
import { convertPage } from '../../../src/plugins/fetch/convert/html/convert-page.ts';
import { wholePage } from '../../../src/plugins/fetch/convert/job.ts';

const text = (html: string) =>
  convertPage(html, 'https://site.example/', { ...wholePage, extract: 'full', images: 'none' }).text;
const hero = '.hero{position:relative}.hero h1{position:relative;color:#fff}';
const cover = 'position:absolute;inset:0;width:100%;height:100%;object-fit:cover';
const behind = 'content:"";position:absolute;inset:0;z-index:-1;background:#06c';

describe('text is seen on what lies behind it:', () => {
  test.each([
    [
      'an image',
      `<style>${hero}.bg{${cover}}</style><div class="hero"><img class="bg" src="/a.jpg"><h1>TEXT</h1></div>`,
    ],
    [
      'an image with its size',
      `<style>${hero}.bg{${cover}}</style><div class="hero"><img class="bg" width="1600" height="900" src="/a.jpg"><h1>TEXT</h1></div>`,
    ],
    [
      'a picture',
      `<style>${hero}.bg{${cover}}</style><div class="hero"><picture><source srcset="/b.webp"><img class="bg" src="/a.jpg"></picture><div><h1>TEXT</h1></div></div>`,
    ],
    [
      'a canvas in a placed box',
      `<style>${hero}.bg{position:absolute;inset:0}</style><div class="hero"><div class="bg"><canvas></canvas></div><h1>TEXT</h1></div>`,
    ],
    [
      'a box',
      '<style>.hero{position:relative;color:#fff}.bg{position:absolute;inset:0;background:#000;z-index:-1}</style><div class="hero"><div class="bg"></div><h1>TEXT</h1></div>',
    ],
    [
      'a box in a style attribute',
      '<div style="position:relative"><div style="position:absolute;top:0;left:0;width:100%;height:100%;background:#123"></div><div><h1 style="color:#fff">TEXT</h1></div></div>',
    ],
    [
      'its pseudo-element',
      `<style>.b{position:relative;color:#fff}.b::before{${behind}}</style><h1 class="b">TEXT</h1>`,
    ],
    [
      'the pseudo-element of what is around',
      `<style>.hero{position:relative}.hero::after{${behind}}h1{color:#fff}</style><div class="hero"><div><h1>TEXT</h1></div></div>`,
    ],
    [
      'a pseudo-element by two rules',
      '<style>.b::before,.c:before{content:"";position:absolute;inset:0}.b:before{background-image:url(/a.jpg)}h1{color:#fff}</style><div class="b"><h1>TEXT</h1></div>',
    ],
    [
      'what is in the same place of a grid',
      '<style>.card{display:grid}.card>*{grid-area:1/1}.t{color:#fff}</style><div class="card"><img src="/a.jpg"><div class="t"><h1>TEXT</h1></div></div>',
    ],
    [
      'what begins at the same lines of a grid',
      '<style>.card{display:grid}.card>*{grid-row:1/2;grid-column:1}h1{color:#fff}</style><div class="card"><img src="/a.jpg"><h1>TEXT</h1></div>',
    ],
  ])('%s', (_, html) => {
    expect(text(html)).toBe('# TEXT');
  });

  test('and links stay that are drawn as buttons', () => {
    const style = `<style>.btn{position:relative;color:#fff}.btn::before{${behind}}</style>`;
    expect(text(`${style}<p><a class="btn" href="/x">Go</a></p>`)).toBe('[Go](https://site.example/x)');
  });
});

describe('text in the colour of its ground is left out where nothing lies behind it:', () => {
  const secret = '<p style="color:#fff">SECRET</p>';
  test.each([
    ['nothing', secret],
    ['a picture in the line', `<img src="/a.jpg">${secret}`],
    ['a box that is not shown', `<div style="position:absolute;inset:0;background:#000;display:none"></div>${secret}`],
    ['a box of that colour', `<div style="position:absolute;inset:0;background:#fff"></div>${secret}`],
    ['a box without a ground', `<div style="position:absolute;inset:0"></div>${secret}`],
    ['a bar above the page', `<div style="position:fixed;top:0;left:0;right:0;background:#000"></div>${secret}`],
    ['a bar beside it', `<div style="position:fixed;top:0;bottom:0;left:0;width:90px;background:#000"></div>${secret}`],
    ['an icon', `<img src="/a.png" width="16" height="16" style="position:absolute">${secret}`],
    [
      'a logo in its own box',
      `<div style="position:relative"><img src="/a.png" style="position:absolute;top:0"></div>${secret}`,
    ],
    [
      'a line under it',
      `<style>.u::after{content:"";position:absolute;left:0;right:0;bottom:0;height:2px;background:red}</style><div class="u">${secret}</div>`,
    ],
    ['a mark before it', `<style>.u::before{content:"x";background:red}</style><div class="u">${secret}</div>`],
    [
      'another place of the grid',
      `<div style="display:grid"><img src="/a.jpg" style="grid-area:1/1"><div style="grid-area:1/2">${secret}</div></div>`,
    ],
    [
      'a ground of its own',
      `<img src="/a.jpg" style="position:absolute;inset:0"><div style="background:#fff">${secret}</div>`,
    ],
    [
      'a pseudo-element under the pointer',
      `<style>.u:hover::before{content:"";position:absolute;inset:0;background:red}</style><div class="u">${secret}</div>`,
    ],
  ])('%s', (_, html) => {
    expect(text(`<h1>Seen</h1>${html}`)).toBe('# Seen');
  });
});
