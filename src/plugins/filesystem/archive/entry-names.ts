import { GatewayError } from '../../../core/errors.ts';
import { printable } from '../sandbox/failure.ts';
import { checkNewName } from '../sandbox/requested-path.ts';

/** The names that an entry's path is made of. Throws for one that could leave the folder it is unpacked into. */
export function namesOf(path: string): string[] {
  const names = path.replace(/\/$/, '').split('/');
  const unsafe = names.some(
    (name) => name === '' || name === '.' || name === '..' || /[\\:]/.test(name) || name.length > 255,
  );
  if (unsafe)
    throw new GatewayError('denied', `The archive has an unsafe path: ${printable(path)}. Nothing was unpacked.`);
  for (const name of names) checkNewName(name);
  return names;
}
