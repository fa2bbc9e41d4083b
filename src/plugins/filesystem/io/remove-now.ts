import { lstatSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs';
import type { Slot } from './replace-file.ts';

/** Removes a tree at once, however deep: by open directories, since no path of more than 4,096 bytes can be named. */
export function removeNow({ directory, name }: Slot): void {
  const path = directory.at(name);
  if (!lstatSync(path).isDirectory()) {
    unlinkSync(path);
    return;
  }
  const inside = directory.enter(name);
  try {
    for (const one of readdirSync(inside.self)) removeNow({ directory: inside, name: one });
  } finally {
    inside.close();
  }
  rmdirSync(path);
}
