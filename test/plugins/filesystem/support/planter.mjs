// Makes a directory again whenever it is gone, and puts a secret into it now and then: `node planter.mjs <dir>`.
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';

const [dir] = process.argv.slice(2);
const wait = (ms) => {
  const end = performance.now() + ms;
  while (performance.now() < end);
};
process.send?.('planting');
for (;;) {
  try {
    mkdirSync(dir, { recursive: true });
    // So many that a look through them takes longer than the secret stays away.
    for (let i = 0; i < 400; i++) writeFileSync(`${dir}/${i}`, '');
  } catch {
    // taken away in the midst of it
  }
  try {
    for (let round = 0; ; round++) {
      wait((round % 5) * 2);
      writeFileSync(`${dir}/.env`, 'TOPSECRET');
      wait(3);
      unlinkSync(`${dir}/.env`);
    }
  } catch {
    // moved or deleted meanwhile: begin again
  }
}
