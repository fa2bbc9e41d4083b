import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';
import { GatewayError } from '../../../core/errors.ts';

/** The usual authorities, and the operator's beside them. Throws `bad_config` where the file cannot be read. */
export function readAuthorities(file: string): readonly string[] {
  try {
    return [...rootCertificates, readFileSync(file, 'utf8')];
  } catch (cause) {
    throw new GatewayError('bad_config', `plugins.fetch.caFile: ${file} cannot be read`, { cause });
  }
}
