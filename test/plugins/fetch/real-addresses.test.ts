import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, test } from 'vitest';

/** Addresses as they are on the internet and in private networks; all of them are this machine's, in a namespace of its own. */
const ipv4 = ['93.184.216.34', '10.0.0.5', '169.254.169.254'];
const ipv6 = ['2606:2800:220:1::1', 'fd00::5'];

const here = (name: string) => fileURLToPath(new URL(`./namespace/${name}`, import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'fetch-namespace-'));
afterAll(() => rmSync(folder, { recursive: true }));
writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\noptions timeout:1 attempts:2\n');
writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n');
writeFileSync(join(folder, 'nsswitch.conf'), 'hosts: files dns\n');
const others = ['postgres', 'filesystem', 'github', 'monitoring'];
writeFileSync(
  join(folder, 'config.yaml'),
  `server: { host: 127.0.0.1, port: 8000 }\nplugins:\n  fetch: {}\n${others.map((name) => `  ${name}: { enabled: false }\n`).join('')}`,
);

/** As anybody who may make user namespaces, or as root in a container that may not. */
const ways = [['--map-root-user'], []];

/** Runs a shell script in new namespaces, its addresses on the loopback interface. */
function inNamespace(way: readonly string[], addresses: readonly string[], script: string) {
  const mounts = ['resolv.conf', 'hosts', 'nsswitch.conf']
    .filter((name) => existsSync(`/etc/${name}`))
    .map((name) => `mount --bind ${join(folder, name)} /etc/${name}`);
  const all = ['set -e', ...mounts, `perl ${here('addresses.pl')} ${addresses.join(' ')}`, script].join('\n');
  return spawnSync('unshare', [...way, '--mount', '--net', 'sh', '-c', all], {
    encoding: 'utf8',
    timeout: 150_000,
    env: { PATH: process.env.PATH ?? '', HOME: folder },
  });
}

const probes = ways.map((way) => ({ way, probe: inNamespace(way, ipv4, 'true') }));
const { way, probe } = probes.find(({ probe: { status } }) => status === 0) ?? { way: [], probe: probes[0]?.probe };
const hasNamespaces = process.platform === 'linux' && probe?.status === 0 && existsSync('/etc/resolv.conf');
const hasIpv6 = hasNamespaces && inNamespace(way, [...ipv4, ...ipv6], 'true').status === 0;
if (!hasNamespaces) {
  const why = (probe?.error?.message ?? probe?.stderr.trim()) || 'this is not Linux with /etc/resolv.conf';
  console.warn(`NOT RUN: fetch was not tried on real public addresses, for no network namespace could be made: ${why}`);
}

interface Outcome {
  readonly isError: boolean;
  readonly text: string;
}
interface Report {
  readonly results: Readonly<Record<string, Outcome | string>>;
  readonly rebinding: readonly Outcome[];
  readonly rebinds: number;
  readonly open: Readonly<Record<string, Outcome>>;
  readonly reached: readonly string[];
}

describe.runIf(hasNamespaces)(
  'on real addresses, with the resolver of the machine and no private network allowed',
  () => {
    const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));
    const addresses = hasIpv6 ? [...ipv4, ...ipv6] : ipv4;
    const run = inNamespace(
      way,
      addresses,
      `exec ${process.execPath} ${here('inside.mjs')} ${main} ${join(folder, 'config.yaml')} ${hasIpv6 ? 'yes' : 'no'}`,
    );
    const report = JSON.parse(run.stdout.trim().split('\n').at(-1) || 'null') as Report | null;
    const entries = Object.entries(report?.results ?? {});

    test('everything was tried', () => {
      expect(report, run.stderr).not.toBeNull();
      expect(entries.length).toBeGreaterThan(80);
    });

    test('whoever is not guarded does reach the private sites from there', () => {
      const controls = entries.filter(([name]) => name.startsWith('control'));
      expect(new Set(controls.map(([, answer]) => answer))).toEqual(new Set(['private secret']));
    });

    test('public sites are fetched, by name and by address', () => {
      for (const [host, { text }] of Object.entries(report?.open ?? {}))
        expect([host, text]).toEqual([host, expect.stringContaining('public page')]);
      expect(Object.keys(report?.open ?? {}).length).toBe(hasIpv6 ? 4 : 3);
    });

    test('private sites are refused directly, behind every redirect, and behind robots.txt', () => {
      const tried = entries.filter(([name]) => /^(direct|redirect|robots)/.test(name));
      for (const [name, outcome] of tried) {
        expect([name, outcome]).toEqual([name, { isError: true, text: expect.not.stringContaining('secret') }]);
      }
    });

    test('the sitemaps a site names are refused where they are private', () => {
      expect(report?.results.sitemap).toMatchObject({
        isError: false,
        text: expect.stringMatching(/10\.0\.0\.5 is not on the public internet/),
      });
    });

    test('a name that changes between a public and a private address is fetched from the public one or refused', () => {
      expect(report?.rebinds).toBeGreaterThan(4);
      const texts = report?.rebinding.map(({ text }) => text) ?? [];
      expect(texts.filter((text) => text.includes('public page')).length).toBeGreaterThan(0);
      expect(texts.filter((text) => text.includes('not on the public internet')).length).toBeGreaterThan(0);
      expect(texts.join()).not.toContain('secret');
    });

    test('not one connection was made to a private site', () => expect(report?.reached).toEqual([]));
  },
);
