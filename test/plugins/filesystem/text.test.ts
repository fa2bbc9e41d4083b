import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

let fs: Filesystem;
const at = (name: string) => join(fs.root, name);
const edit = (path: string, oldText: string, newText: string, more = {}) =>
  fs.call('edit_file', { path, edits: [{ oldText, newText, ...more }] });

beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

describe('an edit keeps what it does not change', () => {
  const utf16be = (text: string) => Buffer.from(text, 'utf16le').swap16();
  test.each([
    ['CRLF', 'a\r\nold\r\nz\r\n', 'a\r\nnew\r\nmore\r\nz\r\n', 'utf-8', 'crlf'],
    ['LF', 'a\nold\nz\n', 'a\nnew\nmore\nz\n', 'utf-8', 'lf'],
    ['no final newline', 'a\nold\nz', 'a\nnew\nmore\nz', 'utf-8', 'lf'],
    ['mixed line ends', 'a\r\nold\nz\r\n', 'a\r\nnew\nmore\nz\r\n', 'utf-8', 'mixed'],
    ['classic Mac line ends', 'a\rold\rz\r', 'a\rnew\rmore\rz\r', 'utf-8', 'cr'],
    ['emoji and combining characters', '😀e\u0301\nold\nz\n', '😀e\u0301\nnew\nmore\nz\n', 'utf-8', 'lf'],
  ])('%s', async (_, before, after, encoding, eol) => {
    writeFileSync(at('kept'), before);
    expect((await fs.call('read_text_file', { path: 'kept' })).data).toMatchObject({ content: before, encoding, eol });
    const [old, fresh] =
      before.includes('old\nz') || !before.includes('\nold') ? ['old\n', 'new\nmore\n'] : ['old', 'new\nmore'];
    await edit('kept', old, fresh);
    expect(readFileSync(at('kept'), 'utf8')).toBe(after);
  });

  test.each([
    [
      'UTF-8 with a byte order mark',
      Buffer.from('\ufeffgrün\nold\n', 'utf8'),
      Buffer.from('\ufeffgrün\nnéw\n', 'utf8'),
      'utf-8',
    ],
    [
      'UTF-16 LE',
      Buffer.from('\ufeffgrün\r\nold\r\n', 'utf16le'),
      Buffer.from('\ufeffgrün\r\nnéw\r\n', 'utf16le'),
      'utf-16le',
    ],
    ['UTF-16 BE', utf16be('\ufeffgrün\nold\n'), utf16be('\ufeffgrün\nnéw\n'), 'utf-16be'],
    [
      'UTF-16 LE without a mark',
      Buffer.from('plain\nold\n', 'utf16le'),
      Buffer.from('plain\nnéw\n', 'utf16le'),
      'utf-16le',
    ],
    ['Latin-1', Buffer.from('grün \xa0\nold\n', 'latin1'), Buffer.from('grün \xa0\nnéw\n', 'latin1'), 'windows-1252'],
  ])('%s', async (_, before, after, encoding) => {
    writeFileSync(at('encoded'), before);
    const { data } = await fs.call('read_text_file', { path: 'encoded' });
    expect(data.encoding).toBe(encoding);
    expect(data.content).toMatch(/^(grün|plain)/);
    const named = encoding === 'windows-1252' ? { encoding } : {};
    await fs.call('edit_file', { path: 'encoded', edits: [{ oldText: 'old', newText: 'néw' }], ...named });
    expect(readFileSync(at('encoded'))).toEqual(after);
  });

  test('every byte of a single-byte file', async () => {
    const all = Buffer.concat([
      Buffer.from(Array.from({ length: 255 }, (_, byte) => byte + 1)),
      Buffer.from('\nold\n'),
    ]);
    writeFileSync(at('bytes'), all);
    await edit('bytes', 'old', 'new');
    expect(readFileSync(at('bytes'))).toEqual(Buffer.concat([all.subarray(0, 256), Buffer.from('new\n')]));
  });

  test('permissions', async () => {
    writeFileSync(at('script'), 'old\n');
    chmodSync(at('script'), 0o750);
    await edit('script', 'old', 'new');
    await fs.call('write_file', { path: 'script', content: 'newer\n' });
    expect(statSync(at('script')).mode & 0o777).toBe(0o750);
  });

  test('a character that the encoding does not have is refused and nothing is written', async () => {
    const bytes = Buffer.from('grün\nold\n', 'latin1');
    writeFileSync(at('narrow'), bytes);
    const message = await fs.refusal('edit_file', { path: 'narrow', edits: [{ oldText: 'old', newText: '漢' }] });
    expect(message).toContain('"漢"');
    expect(readFileSync(at('narrow'))).toEqual(bytes);
  });

  test('half a surrogate pair, which UTF-8 cannot hold, is refused and nothing is written', async () => {
    writeFileSync(at('halves'), 'old\n');
    for (const half of ['\ud83d', '\ude00 x']) {
      expect(await fs.refusal('write_file', { path: 'halves', content: `a${half}` })).toContain('surrogate');
      const edits = [{ oldText: 'old', newText: half }];
      expect(await fs.refusal('edit_file', { path: 'halves', edits })).toContain('surrogate');
    }
    expect(readFileSync(at('halves'), 'utf8')).toBe('old\n');
    await fs.call('write_file', { path: 'halves', content: '\ud83d\ude00' });
    expect(readFileSync(at('halves'), 'utf8')).toBe('😀');
  });

  test('a file written as UTF-16 has a mark, by which it is known again', async () => {
    await fs.call('write_file', { path: 'marked', content: '漢字\n', encoding: 'UTF-16' });
    expect(readFileSync(at('marked'))).toEqual(Buffer.from('\ufeff漢字\n', 'utf16le'));
    await fs.call('write_file', { path: 'marked', content: '漢\n', mode: 'append' });
    expect(readFileSync(at('marked'))).toEqual(Buffer.from('\ufeff漢字\n漢\n', 'utf16le'));
  });

  test('a binary file is refused', async () => {
    writeFileSync(at('binary'), Buffer.from([1, 0, 2, 0, 0, 0, 3, 255, 0, 0]));
    expect(await fs.refusal('edit_file', { path: 'binary', edits: [{ oldText: 'a', newText: 'b' }] })).toContain(
      'not text',
    );
    expect(await fs.refusal('read_text_file', { path: 'binary' })).toContain('binary');
  });
});

describe('an edit changes what was meant', () => {
  test('a text that occurs more than once is refused with its lines', async () => {
    writeFileSync(at('twice'), 'x\na\nx\n');
    const message = await fs.refusal('edit_file', { path: 'twice', edits: [{ oldText: 'x', newText: 'y' }] });
    expect(message).toContain('2 matches');
    expect(message).toContain('lines 1, 3');
    expect(readFileSync(at('twice'), 'utf8')).toBe('x\na\nx\n');
  });

  test('all are replaced where the caller says so, or knows how many there are', async () => {
    writeFileSync(at('thrice'), 'x\r\nx\r\nx\r\n');
    expect(
      await fs.refusal('edit_file', { path: 'thrice', edits: [{ oldText: 'x', newText: 'y', expected: 2 }] }),
    ).toContain('expected 2');
    expect((await edit('thrice', 'x\n', 'y\nz\n', { expected: 3 })).data.matches).toBe(3);
    expect(readFileSync(at('thrice'), 'utf8')).toBe('y\r\nz\r\ny\r\nz\r\ny\r\nz\r\n');
    await edit('thrice', 'z', '$&', { replaceAll: true });
    expect(readFileSync(at('thrice'), 'utf8')).toBe('y\r\n$&\r\ny\r\n$&\r\ny\r\n$&\r\n');
  });

  test('overlapping matches are ambiguous, and counted apart where all are replaced', async () => {
    writeFileSync(at('overlap'), 'aaa\n');
    expect(await fs.refusal('edit_file', { path: 'overlap', edits: [{ oldText: 'aa', newText: 'b' }] })).toContain(
      'Ambiguous',
    );
    expect((await edit('overlap', 'aa', 'b', { expected: 1 })).data.matches).toBe(1);
    expect(readFileSync(at('overlap'), 'utf8')).toBe('ba\n');
  });

  test.each([
    ['repeats without end', 'a'.repeat(100_000)],
    ['almost matches everywhere', `b${'a'.repeat(100_000)}`],
    ['occurs at every place', 'a'],
  ])('a text that %s is looked for in linear time', async (_, oldText) => {
    writeFileSync(at('periodic'), 'a'.repeat(4_000_000));
    const before = Date.now();
    const edits = [{ oldText, newText: 'c', replaceAll: true }];
    expect(await fs.refusal('edit_file', { path: 'periodic', edits })).toMatch(/more than 100000|exact match/);
    expect(Date.now() - before).toBeLessThan(20_000);
  });

  test('long texts are found where they are, overlaps and all', async () => {
    const unit = `${'ab'.repeat(3000)}c\n`;
    writeFileSync(at('long'), unit.repeat(500));
    const message = await fs.refusal('edit_file', { path: 'long', edits: [{ oldText: unit.repeat(2), newText: '' }] });
    expect(message).toContain('499 matches');
    expect(message).toContain('lines 1, 2, 3');
    const { data } = await edit('long', unit, 'x\n', { expected: 500 });
    expect(data.matches).toBe(500);
    expect(readFileSync(at('long'), 'utf8')).toBe('x\n'.repeat(500));
  });

  test('lines that match but for their indentation keep the indentation of the file', async () => {
    writeFileSync(at('indented'), 'if (a) {\n\t\tone();\n\t\ttwo();\n}\n');
    const { data } = await edit('indented', 'one();\ntwo();', 'three();');
    expect(data).toMatchObject({ matches: 1, fuzzy: 1 });
    expect(readFileSync(at('indented'), 'utf8')).toBe('if (a) {\n\t\tthree();\n}\n');
  });

  test.each([
    [
      'second and later lines too',
      '        a:\n            b\n',
      'a:\n    b',
      'a:\n    c\n    d',
      '        a:\n            c\n            d\n',
    ],
    [
      'spaces as the tabs of the file',
      '\tif x {\n\t\ty\n\t}\n',
      '    if x {\n        y\n    }',
      '    if x {\n        y\n        if z {\n            w\n        }\n    }',
      '\tif x {\n\t\ty\n\t\tif z {\n\t\t\tw\n\t\t}\n\t}\n',
    ],
    [
      'tabs as the spaces of the file',
      '  if x {\n    y\n  }\n',
      '\tif x {\n\t\ty\n\t}',
      '\tif x {\n\t\ty\n\t\tif z {\n\t\t\tw\n\t\t}\n\t}',
      '  if x {\n    y\n    if z {\n      w\n    }\n  }\n',
    ],
    [
      'lines that go out further than any old one',
      '        a\n        b\n',
      '    a\n    b ',
      '    a\nc',
      '        a\n    c\n',
    ],
    ['empty lines as empty lines', '\ta\n\n\tb\n', 'a\n\nb', 'a\n\nc', '\ta\n\n\tc\n'],
  ])(
    'an edit that matches but for its indentation writes %s, and says so',
    async (_, before, oldText, newText, after) => {
      writeFileSync(at('depth'), before);
      const { text, data } = await edit('depth', oldText, newText);
      expect(readFileSync(at('depth'), 'utf8')).toBe(after);
      expect(data.fuzzy).toBe(1);
      expect(text).toContain('indentation was ignored');
    },
  );

  test('many lines that match nowhere are looked for in linear time, and not echoed whole', async () => {
    writeFileSync(at('many-lines'), ' x\n'.repeat(1_500_000));
    const before = Date.now();
    const oldText = `${'x\n'.repeat(20_000)}y`;
    const message = await fs.refusal('edit_file', { path: 'many-lines', edits: [{ oldText, newText: '' }] });
    expect(Date.now() - before).toBeLessThan(20_000);
    expect(message).toContain('exact match');
    expect(message.length).toBeLessThan(1200);
  });

  test('a dry run shows the diff and writes nothing', async () => {
    writeFileSync(at('dry'), 'old\n');
    const { text, data } = await fs.call('edit_file', {
      path: 'dry',
      edits: [{ oldText: 'old', newText: 'new' }],
      dryRun: true,
    });
    expect(text).toContain('-old\n+new\n');
    expect(data.applied).toBe(false);
    expect(readFileSync(at('dry'), 'utf8')).toBe('old\n');
  });

  test('of several edits all are applied or none', async () => {
    writeFileSync(at('all'), 'a\nb\n');
    await fs.refusal('edit_file', {
      path: 'all',
      edits: [
        { oldText: 'a', newText: 'A' },
        { oldText: 'zz', newText: 'Z' },
      ],
    });
    expect(readFileSync(at('all'), 'utf8')).toBe('a\nb\n');
  });

  test('a file that changed since it was read is not touched', async () => {
    writeFileSync(at('hash'), 'one\n');
    const { hash } = (await fs.call('read_text_file', { path: 'hash' })).data;
    writeFileSync(at('hash'), 'two\n');
    for (const [tool, args] of [
      ['edit_file', { edits: [{ oldText: 'two', newText: 'x' }] }],
      ['write_file', { content: 'x' }],
    ] as const) {
      expect(await fs.refusal(tool, { path: 'hash', expected_hash: hash, ...args })).toContain('changed since');
    }
    expect(readFileSync(at('hash'), 'utf8')).toBe('two\n');
    const now = (await fs.call('get_file_info', { path: 'hash', hash: true })).data.hash;
    await fs.call('write_file', { path: 'hash', content: 'three\n', expected_hash: now });
    expect(readFileSync(at('hash'), 'utf8')).toBe('three\n');
  });

  test('a hundred edits of one file at once all take effect', async () => {
    writeFileSync(at('shared'), `${Array.from({ length: 100 }, (_, i) => `<${i}>`).join('\n')}\n`);
    await Promise.all(Array.from({ length: 100 }, (_, i) => edit('shared', `<${i}>`, `[${i}]`)));
    expect(readFileSync(at('shared'), 'utf8')).toBe(`${Array.from({ length: 100 }, (_, i) => `[${i}]`).join('\n')}\n`);
  });
});

describe('write_file', () => {
  test('appends in the encoding and with the line ends of the file', async () => {
    writeFileSync(at('log'), Buffer.from('\ufeffeins\r\n', 'utf16le'));
    await fs.call('write_file', { path: 'log', content: 'zwei\n', mode: 'append' });
    expect(readFileSync(at('log'))).toEqual(Buffer.from('\ufeffeins\r\nzwei\r\n', 'utf16le'));
    await fs.call('write_file', { path: 'fresh-log', content: 'a\n', mode: 'append' });
    expect(readFileSync(at('fresh-log'), 'utf8')).toBe('a\n');
  });

  test.each([
    ['half a UTF-16 character', Buffer.from('fffe61006200', 'hex')],
    ['UTF-32', Buffer.from('fffe00006100000062000000', 'hex')],
    ['NUL bytes', Buffer.from('text\0\u0001\0more\0\0text')],
  ])('does not append to what has %s, as it is not edited', async (_, bytes) => {
    const odd = bytes.length % 2 === 0 ? Buffer.concat([bytes, Buffer.from([0x62])]) : bytes;
    writeFileSync(at('odd-bytes'), odd);
    const append = { path: 'odd-bytes', content: 'more', mode: 'append' };
    expect(await fs.refusal('write_file', append)).toContain('not text in any encoding');
    expect(readFileSync(at('odd-bytes'))).toEqual(odd);
  });

  test('what is too large to be changed is not advised to be read in parts', async () => {
    const small = await startFilesystem({ config: { limits: { editBytes: 1024 } } });
    writeFileSync(join(small.root, 'large'), 'x'.repeat(2000));
    for (const [tool, args] of [
      ['edit_file', { path: 'large', edits: [{ oldText: 'x', newText: 'y' }] }],
      ['write_file', { path: 'large', content: 'y', mode: 'append' }],
      ['compare_files', { a: 'large', b: 'large' }],
    ] as const)
      expect(await small.refusal(tool, args), tool).not.toContain('Read a part');
    await small.stop();
  });

  test('writes UTF-8 as given unless asked to keep encoding and line ends', async () => {
    writeFileSync(at('keep'), Buffer.from('grün\r\n', 'latin1'));
    await fs.call('write_file', { path: 'keep', content: 'blau ü\n', encoding: 'keep', eol: 'keep' });
    expect(readFileSync(at('keep'))).toEqual(Buffer.from('blau ü\r\n', 'latin1'));
    await fs.call('write_file', { path: 'keep', content: 'rot ü\n' });
    expect(readFileSync(at('keep'))).toEqual(Buffer.from('rot ü\n', 'utf8'));
    await fs.call('write_file', { path: 'keep', content: 'a\nb', eol: 'crlf', encoding: 'utf-16le' });
    expect(readFileSync(at('keep'))).toEqual(Buffer.from('a\r\nb', 'utf16le'));
  });

  test('needs the parent directory, or leave to make it', async () => {
    const refusal = await fs.refusal('write_file', { path: 'no/such/x', content: 'x' });
    expect(refusal).toContain(`Parent directory does not exist: ${at('no/such')}. Make it`);
    await fs.call('write_file', { path: 'no/such/x', content: 'x', create_parents: true });
    expect(readFileSync(at('no/such/x'), 'utf8')).toBe('x');
  });

  test('does not write over a file marked read-only', async () => {
    writeFileSync(at('fixed'), 'x');
    chmodSync(at('fixed'), 0o444);
    expect(await fs.refusal('write_file', { path: 'fixed', content: 'y' })).toContain('read-only');
    expect(readFileSync(at('fixed'), 'utf8')).toBe('x');
  });

  test('leaves no temporary file behind', async () => {
    mkdirSync(at('clean'));
    await fs.call('write_file', { path: 'clean/a', content: 'a' });
    await fs.refusal('write_file', { path: 'clean/a/b', content: 'b' });
    expect((await fs.call('list_directory', { path: 'clean' })).text).toBe('[FILE] a');
  });
});

describe('reading a part', () => {
  beforeAll(() => writeFileSync(at('lines'), Array.from({ length: 1000 }, (_, i) => `line ${i + 1}\n`).join('')));

  test('a numbered line that is not whole is said to be one, and an empty file has no line', async () => {
    writeFileSync(join(fs.root, 'numbered'), 'one\ntwo\nthree\n');
    const read = (byte_offset: number) =>
      fs.call('read_text_file', { path: 'numbered', byte_offset, line_numbers: true });
    expect((await read(5)).text).toBe(
      '     2\two\n     3\tthree\n\n[Line 2 is shown from within it, where byte_offset is.]',
    );
    expect((await read(4)).text).toBe('     2\ttwo\n     3\tthree\n');
    writeFileSync(join(fs.root, 'nothing'), '');
    expect((await fs.call('read_text_file', { path: 'nothing', line_numbers: true })).text).toBe('');
  });

  test('a tail that is cut says that what is before it is missing', async () => {
    writeFileSync(join(fs.root, 'tail'), 'a line of text\n'.repeat(100));
    const { text, data } = await fs.call('read_text_file', { path: 'tail', tail: 90, max_bytes: 30 });
    expect(data.truncated).toBe(true);
    expect(text).toContain('what is before them was asked for too');
    expect(text).not.toContain('byte_offset');
  });

  test('a range by lines, numbered, with where to go on', async () => {
    const { data } = await fs.call('read_text_file', { path: 'lines', offset: 500, limit: 2, line_numbers: true });
    expect(data.content).toBe('   500\tline 500\n   501\tline 501');
    expect(data).toMatchObject({ next_offset: 502, total_lines: 1000, truncated: false });
  });

  test('a cap is said, and following next_offset gives the whole file', async () => {
    let content = '';
    let offset: number | undefined = 1;
    while (offset !== undefined) {
      const { data, text } = await fs.call('read_text_file', { path: 'lines', offset, max_bytes: 1000 });
      expect(Buffer.byteLength(data.content)).toBeLessThanOrEqual(1000);
      if (data.truncated) expect(text).toContain(`go on with offset: ${data.next_offset}`);
      content += data.content;
      offset = data.next_offset;
    }
    expect(content).toBe(readFileSync(at('lines'), 'utf8'));
  });

  test('a cap never cuts a character in two', async () => {
    writeFileSync(at('wide'), '€'.repeat(1000));
    let content = '';
    let byte_offset: number | undefined = 0;
    while (byte_offset !== undefined) {
      const { data } = await fs.call('read_text_file', { path: 'wide', byte_offset, max_bytes: 1024 });
      content += data.content;
      byte_offset = data.next_byte_offset;
    }
    expect(content).toBe('€'.repeat(1000));
  });

  test('a range past the end says how long the file is', async () => {
    expect(await fs.refusal('read_text_file', { path: 'lines', offset: 5000 })).toContain('past the end');
    expect(await fs.refusal('read_text_file', { path: 'lines', byte_offset: 1e6 })).toContain('past the end');
  });
});

test('a part of a binary file is small enough to be sent, and says that there is more', async () => {
  writeFileSync(at('nuls'), Buffer.alloc(3_000_000));
  for (const part of [{ head: 1 }, { tail: 1 }, { offset: 1 }, { byte_offset: 5 }]) {
    const { data } = await fs.call('read_text_file', { path: 'nuls', ...part });
    expect(data.content.length).toBeLessThanOrEqual(65_536);
    expect(data.truncated).toBe(true);
  }
});

test('get_file_info counts lines, and says where a link leads inside', async () => {
  writeFileSync(at('counted'), 'a\nb\nc');
  symlinkSync('counted', at('to-counted'));
  const { data, text } = await fs.call('get_file_info', { path: 'to-counted' });
  expect(data).toMatchObject({ lines: 3, type: 'file', link_target: at('counted'), path: at('counted') });
  expect(text).toContain(`link to: ${at('counted')}`);
  expect((await fs.call('get_file_info', { path: 'counted' })).data.link_target).toBeUndefined();
});
