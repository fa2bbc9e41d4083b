// Swaps a directory with a link to the outside, as fast as it can, until it is ended: `node swapper.mjs <dir> <outside> <pause>`.
import { renameSync, symlinkSync, unlinkSync } from 'node:fs';

const [dir, outside, pause] = process.argv.slice(2);
const aside = `${dir}-aside`;
const wait = () => {
  const end = performance.now() + Number(pause);
  while (performance.now() < end);
};
let moved = 0;
/** The tools under test may have made something at the name meanwhile: it is put aside, and the swapping goes on. */
const insist = (act) => {
  for (;;) {
    try {
      return act();
    } catch {
      try {
        renameSync(dir, `${dir}-made-${moved++}`);
      } catch {
        // nothing is there any more
      }
    }
  }
};
process.send?.('swapping');
for (;;) {
  renameSync(dir, aside);
  insist(() => symlinkSync(outside, dir));
  wait();
  unlinkSync(dir);
  insist(() => renameSync(aside, dir));
  wait();
}
