import * as v from 'valibot';
import { size } from '../../core/size.ts';
import { HeaderRecord } from './header-record.ts';

const count = (low: number, high: number, description: string) =>
  v.pipe(v.number(), v.integer(), v.minValue(low), v.maxValue(high), v.description(description));
const names = (description: string) => v.pipe(v.array(v.string()), v.description(description));
const flag = (description: string) => v.pipe(v.boolean(), v.description(description));

const Reach = {
  allowHosts: v.optional(
    names(
      'Only these hosts may be fetched: `example.com`, or `*.example.com` for its subdomains. Empty: every public host.',
    ),
    [],
  ),
  denyHosts: v.optional(names('Hosts that are never fetched, written as in allowHosts.'), []),
  ports: v.optional(
    v.pipe(v.array(count(1, 65_535, 'A TCP port.')), v.description('TCP ports that URLs may name.')),
    [80, 443, 8080, 8443],
  ),
  privateNetworks: v.optional(
    names(
      'CIDR ranges that are fetched although they are not public. Link-local and cloud metadata addresses stay refused.',
    ),
    [],
  ),
  privateHosts: v.optional(
    names(
      'Host names that are fetched although they look internal (single label, .local, .internal), written as in allowHosts.',
    ),
    [],
  ),
  allowDowngrade: v.optional(flag('Follow redirects from https to http.'), false),
  proxy: v.optional(
    v.pipe(
      v.string(),
      v.url(),
      v.description('URL of an HTTP proxy for every request; it must enforce egress itself.'),
    ),
  ),
  caFile: v.optional(v.pipe(v.string(), v.description('PEM file of further certificate authorities to trust.'))),
};

const Manners = {
  userAgent: v.optional(
    v.pipe(
      v.string(),
      v.nonEmpty(),
      v.description('User-Agent of every request, and the name looked up in robots.txt.'),
    ),
  ),
  obeyRobots: v.optional(
    flag('Ask robots.txt before a tool fetches; the prompt, which a person starts, never asks.'),
    true,
  ),
  allowHeaders: v.optional(names('Names of the request headers that a caller may set.'), ['accept-language']),
  hostHeaders: v.optional(
    v.pipe(
      v.record(v.string(), HeaderRecord),
      v.description(
        'Headers (such as Authorization) that are sent to exactly the host they are listed under, over https.',
      ),
    ),
    {},
  ),
  hostConcurrency: v.optional(count(1, 64, 'Requests at once to one host.'), 4),
  hostDelayMs: v.optional(count(0, 60_000, 'Milliseconds between the starts of two requests to one host.'), 0),
  rewriteCodeHosts: v.optional(flag('Fetch the raw file for a file page of GitHub, GitLab or Bitbucket.'), true),
};

const Budgets = {
  timeoutMs: v.optional(count(100, 300_000, 'Longest time for one fetch, all its redirects included.'), 20_000),
  maxRedirects: v.optional(count(0, 20, 'Redirects that are followed.'), 5),
  maxBytes: v.optional(size('Decoded bytes of one response.', '1KiB', '100MiB'), 10_485_760),
  cacheBytes: v.optional(size('Memory for snapshots of fetched pages.', '0B', '2147483647B'), 67_108_864),
  cacheTtlMs: v.optional(
    count(0, 86_400_000, 'Age up to which a snapshot is used without asking the site again.'),
    300_000,
  ),
  workers: v.optional(count(1, 16, 'Worker threads that convert pages; started when needed.'), 4),
  convertTimeoutMs: v.optional(
    count(100, 120_000, 'Longest time for one conversion; its worker is killed then.'),
    5000,
  ),
  workerMemoryMb: v.optional(count(64, 4096, 'Heap of one conversion worker.'), 512),
};

/** The `fetch` block of config.yaml: everything an operator decides about reach, manners and cost. */
export const FetchConfig = v.strictObject({
  ...Reach,
  ...Manners,
  ...Budgets,
  frame: v.optional(
    flag('Put the text of a page between two lines with a random tag, so that a page cannot pretend to have ended.'),
    true,
  ),
  httpRequest: v.optional(flag('Offer http_request: any method, with a body.'), false),
  aliases: v.optional(flag('Offer fetch_html, fetch_markdown, fetch_txt, fetch_json and fetch_readable too.'), false),
});

export type FetchSettings = v.InferOutput<typeof FetchConfig>;
