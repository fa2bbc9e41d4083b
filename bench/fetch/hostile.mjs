const url = 'https://origin.example/hostile.html';

/** Pages made to hurt a converter, each small enough to be downloaded in a moment. */
export const hostilePages = [
  { name: '20,000 nested div', url, html: `${'<div>'.repeat(20_000)}deep` },
  {
    name: '50,000 cells without a header',
    url,
    html: `<table>${`<tr>${'<td>cell</td>'.repeat(10)}</tr>`.repeat(5000)}</table>`,
  },
  { name: '1 MB of <', url, html: '<'.repeat(1_000_000) },
  { name: '2,000 nested links', url, html: '<a href="/x"><p>link'.repeat(2000) },
  { name: '1,500 nested lists', url, html: '<ul><li>item'.repeat(1500) },
];
