/** Text in an encoding that only has a decoder here: each character by the bytes that are decoded to it. */
export function encoded(text: string, encoding: string): Buffer {
  const table = tableOf(encoding);
  return Buffer.concat(
    [...text].map((character) => {
      const bytes = character < '\x80' ? Buffer.from(character) : table.get(character);
      return bytes ?? Buffer.alloc(0); // a character that the encoding lacks is left out
    }),
  );
}

const tables = new Map<string, Map<string, Buffer>>();

function tableOf(encoding: string): Map<string, Buffer> {
  const known = tables.get(encoding);
  if (known) return known;
  const table = new Map<string, Buffer>();
  const decoder = new TextDecoder(encoding, { fatal: true });
  const learn = (...codes: number[]) => {
    try {
      const bytes = Buffer.from(codes);
      const character = decoder.decode(bytes);
      if ([...character].length === 1 && !table.has(character)) table.set(character, bytes);
    } catch {
      // no character has these bytes
    }
  };
  for (let first = 0x80; first < 0x100; first++) {
    learn(first);
    for (let second = 0x30; second < 0x100; second++) {
      learn(first, second);
      if (encoding === 'gb18030' && first <= 0x95 && second <= 0x39)
        for (let third = 0x81; third < 0xff; third++)
          for (let last = 0x30; last <= 0x39; last++) learn(first, second, third, last);
    }
  }
  tables.set(encoding, table);
  return table;
}
