import type { LookupAddress } from 'node:dns';
import { lookup } from 'node:dns/promises';
import type { LookupFunction } from 'node:net';
import { GatewayError } from '../../../core/errors.ts';
import type { AddressPolicy } from './address-policy.ts';
import { notPublic } from './url-rules.ts';

/** Asks for every address of a name. */
export type Resolver = (host: string) => Promise<readonly LookupAddress[]>;

/** The machine's own resolver: /etc/hosts, then DNS. */
export const systemResolver: Resolver = (host) => lookup(host, { all: true });

/** All addresses of a name; throws `denied` where a single one is not permitted, `upstream` where there is none. */
export async function permittedAddresses(
  host: string,
  resolve: Resolver,
  policy: AddressPolicy,
): Promise<readonly LookupAddress[]> {
  let answers: readonly LookupAddress[];
  try {
    answers = await resolve(host);
  } catch (cause) {
    throw noSuchHost(host, cause);
  }
  if (answers.length === 0) throw noSuchHost(host);
  if (!answers.every(({ address }) => policy.permits(address))) throw new GatewayError('denied', notPublic(host));
  return answers;
}

/**
 * The `lookup` of a socket. The answers that were checked are the ones the socket dials, so a name cannot turn private
 * between the two. Node never calls it for an IP literal: those are the URL rules' part.
 */
export function guardedLookup(resolve: Resolver, policy: AddressPolicy): LookupFunction {
  return (host, options, done) => {
    permittedAddresses(host, resolve, policy).then(
      (all) => {
        const family = options.family === 'IPv4' ? 4 : options.family === 'IPv6' ? 6 : options.family;
        const answers = family ? all.filter((answer) => answer.family === family) : [...all];
        const first = answers[0];
        if (first === undefined) done(noSuchHost(host), '');
        else if (options.all) done(null, answers);
        else done(null, first.address, first.family);
      },
      (error: Error) => done(error, ''),
    );
  };
}

function noSuchHost(host: string, cause?: unknown): GatewayError {
  return new GatewayError('upstream', `The host name ${host} cannot be resolved. Check its spelling.`, { cause });
}
