import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWesternText } from '../../../src/plugins/filesystem/text/western-text.ts';
import { encoded } from './support/encoded.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

const traditional =
  '人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神互相對待。大中小、上下左右：「聯合國」（第一條）。顧客名稱與備註、廠商編號、總金額、數量、單價、開啟檔案、儲存設定、請輸入密碼';
const simplified =
  '人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。大中小、上下左右：“联合国”（第一条）。客户名称与备注，朱镕基、珺、喆、囧、門、開、話、語、車、東';
const japanese =
  'すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。表示機能・ソート・予約・貼り付け。蟹と蝦、薔薇、檸檬、蜃気楼、痒い、齟齬、躊躇、轢く、髑髏、鷺、麒麟、瑕疵、ｱﾎﾟﾛ ﾊﾞｯｸｱｯﾌﾟ ﾀ';
const korean =
  '모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다. 大韓民國';
const multiByte = [
  ['big5', traditional],
  ['gbk', simplified],
  ['gb18030', `${simplified}㐀䶵𠀀`],
  ['shift_jis', japanese],
  ['euc-jp', japanese],
  ['euc-kr', korean],
] as const;

const russian =
  'Все люди рождаются свободными и равными в своем достоинстве и правах. Я иду в 10 м от дома, а он - к реке. Да, no.';
const greek = 'Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι. Το ή τα, ό 5 ώ.';
const otherLetters = [
  ['windows-1251', russian],
  ['koi8-r', russian],
  ['iso-8859-5', russian],
  ['windows-1253', greek],
  ['iso-8859-7', greek],
  ['windows-1255', 'כל בני האדם נולדו בני חורין'],
  ['windows-1256', 'يولد جميع الناس أحرارا و متساوين'],
] as const;

const western = [
  "Tous les êtres humains naissent libres et égaux en dignité et en droits. Été créé à l'époque : «où ça?» Où\xa0? Élève préféré, naïve, N°\xa05, 20\xa0°C",
  'für Größe und Übergrößen; daß Änderungen möglich sind',
  'geändert, können, für', // German without anything that Chinese would not have
  'Bäume, geändert, beölt',
  'grün',
  'für',
  'Straße',
  'São Paulo',
  'España',
  'façade',
  'Todos los seres humanos nacen libres e iguales, ¿qué más? ¡Así! «Él» cigüeña, lingüística, Año 1º, 2ª',
  'Todos os seres humanos têm direito à informação, às ações, é NÃO à DIVULGAÇÃO',
  'Più libertà: è così, perché no? È vero',
  'Eén of één, geïnstalleerd, coördinatie, reünie, ideeën',
  'Alla människor är födda fria. På en ö i Åmål. Ä, så.',
  'Alle mennesker er født frie. Blåbærsyltetøy på Ærø. Å',
  'Kaikki ihmiset syntyvät vapaina. Työpäivä, hääyö, pöytä, Äänekoski, pää.',
  'Þú ert á Íslandi, Þórður, í, það',
  'Gruß, weiß, müßte, für',
  'caf\xe9',
  '# Copyright © 2001 Mot®, §5 and £5',
  'Tots els éssers humans, col·lecció, Àfrica',
];

test.each(western)('Western text is known for what it is: %s', (text) => {
  expect(isWesternText(Buffer.from(`${text}\n`, 'latin1'))).toBe(true);
});

/** What could stand in a file that is in ASCII otherwise: each piece of a text of one to six characters. */
function pieces(text: string): string[] {
  const all = [...text];
  const cut = all.flatMap((_, start) => [1, 2, 3, 6].map((length) => all.slice(start, start + length).join('')));
  return cut.filter((piece) => !/^[\uff9e\uff9f]/.test(piece)); // marks of the letter before them
}

function takenForWestern(text: string, encoding: string, write: (piece: Buffer) => string): string[] {
  return pieces(text).filter((piece) => {
    const bytes = Buffer.from(write(encoded(piece, encoding)), 'latin1');
    return bytes.some((byte) => byte >= 0x80) && isWesternText(bytes);
  });
}

const apart: readonly (readonly [string, (piece: Buffer) => string])[] = [
  ['alone', (piece) => `${piece.toString('latin1')}\n`],
  ['in quotes', (piece) => `name = "${piece.toString('latin1')}"\n`],
  ['beside words', (piece) => `width: ${piece.toString('latin1')} px\n`],
];
const close: typeof apart = [
  ['between letters', (piece) => `see${piece.toString('latin1')}there\n`],
  ['between capitals', (piece) => `SEE${piece.toString('latin1')}THERE\n`],
  ['beside digits', (piece) => `100${piece.toString('latin1')}5\n`],
  ['again and again', (piece) => `the same${piece.toString('latin1')}is the same`.repeat(5)],
];

describe.each([...multiByte, ...otherLetters])('no text in %s is taken for Western text', (encoding, text) => {
  test.each(apart)('%s', (_, write) => {
    expect(takenForWestern(text, encoding, write)).toEqual([]);
  });
});

describe.each(multiByte)('no text in %s is taken for Western text', (encoding, text) => {
  test.each(close)('%s', (_, write) => {
    expect(takenForWestern(text, encoding, write)).toEqual([]);
  });
});

test.each([
  ['Big5, 大', 'a46a'],
  ['Big5, 大 in a word', '61a46a62'],
  ['Big5, 聯', 'c170'],
  ['Big5, 膩 before letters', 'c46e616263'],
  ['GBK, 語', 'd55a'],
  ['GBK, 門', 'e954'],
  ['Shift_JIS, level 2 kanji', 'e061e162e263e364e465'],
  ['Shift_JIS, the same after letters', '616263e061e162e263e364e465'],
  ['Shift_JIS, 蝦 after letters', '656269e56f0a656269e56f'],
  ['windows-949, 햏', 'c164'],
  ['windows-949, 햏 in a word', '61c16462'],
  ['Johab, lead bytes below 0xD4', 'd065'],
])('a short one is not either: %s', (_, hex) => {
  expect(isWesternText(Buffer.from(`${hex}0a`, 'hex'))).toBe(false);
});

describe.each(multiByte)('a file in %s', (encoding, text) => {
  const original = encoded(`title = ${text}\nplain = 1\n${text}x${text}\n`, encoding);

  test('is changed in lines of ASCII, with the rest as it was', async () => {
    writeFileSync(at('f'), original);
    await fs.call('edit_file', { path: 'f', edits: [{ oldText: 'plain = 1', newText: 'plain = 20' }] });
    expect(new TextDecoder(encoding).decode(readFileSync(at('f')))).toBe(
      `title = ${text}\nplain = 20\n${text}x${text}\n`,
    );
  });

  test('is refused every change of bytes that may be part of its characters', async () => {
    const { data } = await fs.call('read_text_file', { path: 'f' });
    const seen: string = data.content;
    writeFileSync(at('f'), original);
    const behind = [...seen].findIndex(
      (letter, index) => /[^ -~\s]/.test(seen[index - 1] ?? '') && /[@-~]/.test(letter),
    );
    const places = [0, 1, behind].filter((index) => index >= 0).map((index) => seen.slice(index, index + 12));
    const edits = [
      ...places
        .filter((place) => /[^ -~\s]/.test(place))
        .map((oldText) => ({ oldText, newText: 'x', replaceAll: true })),
      { oldText: 'plain', newText: 'plün' },
    ];
    for (const edit of edits)
      expect(await fs.refusal('edit_file', { path: 'f', edits: [edit] })).toContain('set encoding');
    const append = { path: 'f', mode: 'append', content: 'né\n' };
    expect(await fs.refusal('write_file', append)).toContain('set encoding');
    expect(readFileSync(at('f'))).toEqual(original);
  });
});

test('words of Western languages are changed, added and appended without an encoding', async () => {
  for (const text of western) {
    writeFileSync(at('f'), `${text}\nold\n`, 'latin1');
    await fs.call('edit_file', { path: 'f', edits: [{ oldText: 'old', newText: 'né' }] });
    await fs.call('write_file', { path: 'f', mode: 'append', content: 'là\n' });
    expect(readFileSync(at('f'), 'latin1')).toBe(`${text}\nné\nlà\n`);
  }
});
