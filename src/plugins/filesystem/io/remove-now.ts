import { chmodSync, lstatSync, readdirSync, rmdirSync, type Stats, unlinkSync } from 'node:fs';
import type { Directory } from '../sandbox/directory.ts';
import { requireSameMount } from '../sandbox/mount-crossing.ts';
import type { Slot } from './replace-file.ts';

/**
 * Removes a tree of the gateway's at once, however deep: by open directories, since no path of more than 4,096 bytes can
 * be named. Throws where it meets something that is mounted in it, which stays.
 */
export function removeNow({ directory, name }: Slot): void {
  const path = directory.at(name);
  const stats = lstatSync(path);
  if (!stats.isDirectory()) {
    unlinkSync(path);
    return;
  }
  const inside = directory.enter(name);
  try {
    requireSameMount(directory, inside);
    makeWritable(inside, stats);
    for (const one of readdirSync(inside.self)) removeNow({ directory: inside, name: one });
  } finally {
    inside.close();
  }
  rmdirSync(path);
}

/** Lets a directory that belongs to the gateway's user be emptied: copies have the permissions of what was copied. */
export function makeWritable({ self }: Directory, { mode, uid }: Stats): void {
  if ((mode & 0o700) !== 0o700 && uid === process.getuid?.()) chmodSync(self, 0o700);
}
