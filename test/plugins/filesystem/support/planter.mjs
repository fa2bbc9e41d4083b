// Makes a directory again whenever it is gone, and puts a secret into it now and then: `node planter.mjs <dir>`.
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';

const [dir] = process.argv.slice(2);
process.send?.('planting');
for (let round = 0; ; round++) {
  try {
    mkdirSync(`${dir}/sub`, { recursive: true });
    const end = performance.now() + (round % 7) / 2;
    while (performance.now() < end);
    writeFileSync(`${dir}/sub/.env`, 'TOPSECRET');
    const until = performance.now() + 1;
    while (performance.now() < until);
    unlinkSync(`${dir}/sub/.env`);
  } catch {
    // moved or deleted meanwhile: begin again
  }
}
