import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isWesternText } from '../../../src/plugins/filesystem/text/western-text.ts';
import { encoded } from './support/encoded.ts';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// What is not Latin-1, though it has ASCII words and single letters beside them: nothing may be put into it as such.

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

const cyrillic = ['list of PDFы', 'PDFов и API', 'URLы', 'SQLем по базам, use docs', 'Wi-Fiю, URLы, IDа', 'docы'];
/** In ISO-8859-5 these are the bytes of a word such as Zoë, so nothing can tell. */
const endsLikeWestern = ['fileы'];
const turkish = [
  'Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar.',
  ...['şey', 'dağ', 'ağaç', 'Türkçe değişken adı', "İstanbul'da güneşli gün", 'kırmızı', 'Güneş', 'şu dosyayı sil'],
];
const central = [
  'Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw.',
  ...['będzie dobrze', 'się', 'dzień dobry', 'koń', 'być albo nie być', 'ręka', 'mieć', 'tę rękę', 'noc i dzień'],
  'Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv.',
  ...['děkuji', 'Dobrý večer, příteli', 'právě teď', 'oblíbené české písně', 'kůň'],
  'Minden emberi lény szabadon születik és egyenlő méltósága és joga van.',
  ...['idő', 'fű', 'gyűjtő', 'jövő idő', 'betű'],
  ...['România este o ţară', 'fără', 'već', 'kuća', 'riječ'],
];
const samples: readonly (readonly [encoding: string, texts: readonly string[]])[] = [
  ['windows-1251', [...cyrillic, ...endsLikeWestern]],
  ['iso-8859-5', cyrillic],
  ['koi8-r', [...cyrillic, ...endsLikeWestern]],
  ['windows-1251', ['Всі люди народжуються вільними і рівними у своїй гідності та правах.', 'list of PDFів']],
  ['windows-1253', ['Όλοι οι άνθρωποι γεννιούνται ελεύθεροι', 'τα URLα', 'list of PDFς']],
  ['iso-8859-7', ['Όλοι οι άνθρωποι γεννιούνται ελεύθεροι', 'τα URLα', 'list of PDFς']],
  ['windows-1254', turkish],
  ['iso-8859-9', turkish],
  ['windows-1250', central],
  ['iso-8859-2', central],
  ['windows-1255', ['כל בני האדם נולדו בני חורין', 'קובץ PDF', 'ב-Windows']],
  ['iso-8859-8', ['כל בני האדם נולדו בני חורין', 'קובץ PDF', 'ב-Windows']],
];

describe.each(samples)('no text in %s is taken for Western text', (encoding, texts) => {
  test.each(texts)('%s', async (text) => {
    const bytes = encoded(`${text}\nplain\n`, encoding === 'iso-8859-9' ? 'windows-1254' : encoding);
    writeFileSync(at('f'), bytes);
    const edit = { path: 'f', edits: [{ oldText: 'plain', newText: 'né' }] };
    const said = await fs.refusal('edit_file', edit);
    expect(said).toContain('windows-1252 is only a guess');
    expect(said).toContain('set encoding');
    expect(await fs.refusal('write_file', { path: 'f', mode: 'append', content: 'né\n' })).toContain('set encoding');
    expect(readFileSync(at('f'))).toEqual(bytes);
  });
});

/** Words in which such letters stand as Western languages have them. */
const western = [
  'forêt, tête, même, rêve, évêque, pêche',
  'goût, août, sûr, piqûre, dû, crû',
  'siècle, père, très, après-midi, Noël, Citroën, aiguë, naïf, ouïe',
  'señor, mañana, España, ñandú y piña',
  'irmã, manhã, mãe, põe, ações, você, três, ciência',
  'può, lunedì, virtù, città, caffè, cioè',
  'rødgrød med fløde, træ, knæ, værdighed, ære',
  'Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum. Þórður, ýmis',
  'Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt',
  'història, això, raó, feliç, braç',
  'Íslenska, Português, Español, Français',
  'GRÖSSE, STRAßE, für',
  'façade, ANDRÉ, À LA CRÈME',
];

test.each(western)('but this is: %s', (text) => {
  expect(isWesternText(Buffer.from(`${text}\n`, 'latin1'))).toBe(true);
});

test.each(["l'\xe9t\xe9", 'PDFs \xe0 jour', '\xc7a', '\xc9T\xc9 \xc0 L\x92\xc9COLE', 'caf\xe9'])(
  'and %s is read as windows-1252 whether or not that is sure',
  async (text) => {
    writeFileSync(at('f'), text, 'latin1');
    const { data } = await fs.call('read_text_file', { path: 'f' });
    expect([data.content, data.encoding]).toEqual([text.replaceAll('\x92', '’'), 'windows-1252']);
  },
);
