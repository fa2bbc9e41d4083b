// Runs in a network namespace of its own, where the addresses of the internet and of a private network are all its own:
// the gateway as it is started by anyone, real sites, and a real name server. Writes what happened to stdout as JSON.
import { spawn } from 'node:child_process';
import { createServer } from 'node:http';
import { startNameServer } from './name-server.mjs';

const [main, config, hasIpv6] = process.argv.slice(2);
const privateAddresses = ['10.0.0.5', '169.254.169.254', '127.0.0.1', ...(hasIpv6 === 'yes' ? ['fd00::5', '::1'] : [])];
const publicAddresses = ['93.184.216.34', ...(hasIpv6 === 'yes' ? ['2606:2800:220:1::1'] : [])];

const names = {
  'public.test.example': { A: ['93.184.216.34'] },
  'robots.test.example': { A: ['93.184.216.34'] },
  'site.test.example': { A: ['93.184.216.34'] },
  'wide.test.example': { A: ['93.184.216.34'], AAAA: hasIpv6 === 'yes' ? ['2606:2800:220:1::1'] : [] },
  'private.test.example': { A: ['10.0.0.5'] },
  'metadata.test.example': { A: ['169.254.169.254'] },
  'loopback.test.example': { A: ['127.0.0.1'], AAAA: ['::1'] },
  'mixed.test.example': { A: ['93.184.216.34', '10.0.0.5'] },
  'mixed-reversed.test.example': { A: ['10.0.0.5', '93.184.216.34'] },
  'half.test.example': { A: ['93.184.216.34'], AAAA: ['fd00::5'] },
  'wide-private.test.example': { A: [], AAAA: ['fd00::5'] },
  'mapped.test.example': { A: [], AAAA: ['0:0:0:0:0:ffff:a00:5'] },
  'metadata.google.internal': { A: ['169.254.169.254'] },
};
let rebinds = 0;
await startNameServer((name, type) => {
  if (name !== 'rebind.test.example') return names[name] && (names[name][type] ?? []);
  return type === 'A' ? [rebinds++ % 2 === 0 ? '93.184.216.34' : '10.0.0.5'] : [];
});

const reached = [];
for (const address of privateAddresses) {
  const server = createServer((_, response) => response.end('private secret')).listen(80, address);
  server.on('connection', () => reached.push(address));
}
for (const address of publicAddresses) {
  createServer(({ url, headers }, response) => {
    const { pathname, searchParams } = new URL(url, 'http://any.example');
    if (headers.host.startsWith('rebind')) response.setHeader('connection', 'close'); // so that each request asks for the name
    if (pathname === '/robots.txt' && headers.host.startsWith('robots')) {
      response.writeHead(302, { location: 'http://10.0.0.5/robots.txt' }).end();
    } else if (pathname === '/to') {
      response.writeHead(Number(searchParams.get('status')), { location: searchParams.get('url') }).end('redirect');
    } else if (pathname === '/sitemap.xml') {
      response.end(
        '<sitemapindex><sitemap><loc>http://10.0.0.5/map.xml</loc></sitemap><sitemap><loc>http://private.test.example/map.xml</loc></sitemap></sitemapindex>',
      );
    } else if (pathname === '/page') response.setHeader('content-type', 'text/html').end('<p>public page</p>');
    else response.writeHead(404).end();
  }).listen(80, address);
}

const gateway = spawn(process.execPath, [main, 'start', '--config', config], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
process.on('exit', () => gateway.kill('SIGKILL'));

/** Calls a tool over the gateway's RPC: the text of the answer, or of the error. */
async function call(tool, input) {
  const response = await fetch('http://127.0.0.1:8000/fetch/rpc', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name: tool, arguments: input } }),
  });
  const { result, error } = await response.json();
  const text = result?.content?.map((block) => block.text).join('\n') ?? error?.message;
  return { isError: error !== undefined || result?.isError === true, text };
}

async function untilUp() {
  for (let tries = 0; tries < 300; tries++) {
    if (
      await fetch('http://127.0.0.1:8000/health').then(
        ({ ok }) => ok,
        () => false,
      )
    )
      return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the gateway did not start');
}

await untilUp();
const results = {};
// The control: whoever is not guarded reaches all of them from here, by name as well.
for (const host of [
  '10.0.0.5',
  '169.254.169.254',
  'private.test.example',
  'metadata.test.example',
  'mapped.test.example',
]) {
  const isUnreachable = host === 'mapped.test.example' && hasIpv6 !== 'yes';
  results[`control ${host}`] = isUnreachable
    ? 'private secret'
    : await fetch(`http://${host}/`).then((response) => response.text(), String);
}
reached.length = 0;

const inside = [
  ...privateAddresses.map((address) => (address.includes(':') ? `[${address}]` : address)),
  ...['[::ffff:10.0.0.5]', '167772165', '0xa9fea9fe', '0251.0376.0251.0376', '[::ffff:a9fe:a9fe]'],
  ...Object.keys(names).filter((name) => !/^(public|robots|site|wide)\./.test(name)),
];
for (const host of inside) results[`direct ${host}`] = await call('fetch', { url: `http://${host}/`, max_age_s: 0 });
for (const host of inside) {
  for (const status of [301, 302, 303, 307, 308]) {
    const url = `http://public.test.example/to?status=${status}&url=${encodeURIComponent(`http://${host}/latest/`)}`;
    results[`redirect ${status} ${host}`] = await call('fetch', { url, max_age_s: 0 });
  }
}
results['robots redirect'] = await call('fetch', { url: 'http://robots.test.example/page' });
results.sitemap = await call('fetch_site', { url: 'http://site.test.example/' });
const rebinding = [];
for (let round = 0; round < 8; round++) {
  rebinding.push(await call('fetch', { url: `http://rebind.test.example/page?${round}`, max_age_s: 0 }));
}
const open = {};
for (const host of [
  'public.test.example',
  'wide.test.example',
  ...publicAddresses.map((address) => (address.includes(':') ? `[${address}]` : address)),
]) {
  open[host] = await call('fetch', { url: `http://${host}/page` });
}
gateway.kill('SIGTERM');
// The gateway itself is on 127.0.0.1:8000, not on port 80 where the private site is.
console.log(JSON.stringify({ results, rebinding, rebinds, open, reached }));
process.exit(0);
