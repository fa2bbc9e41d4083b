import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Filesystem, startFilesystem } from './support/filesystem.ts';

// Models refuse an image or a sound that is none, and with it the whole conversation.

let fs: Filesystem;
beforeAll(async () => {
  fs = await startFilesystem();
});
afterAll(() => fs.stop());

const bytes = (hex: string) => Buffer.concat([Buffer.from(hex.replaceAll(' ', ''), 'hex'), Buffer.alloc(64)]);
const bitmap = Buffer.concat([Buffer.from('BM\x46\0\0\0\0\0\0\0\x36\0\0\0\x28\0\0\0', 'latin1'), Buffer.alloc(60)]);

test.each([
  ['a.png', bytes('89504e470d0a1a0a'), 'image', 'image/png'],
  ['misnamed.txt', bytes('89504e470d0a1a0a'), 'image', 'image/png'],
  ['a.bmp', bitmap, 'image', 'image/bmp'],
  ['a.gif', bytes(Buffer.from('GIF89a').toString('hex')), 'image', 'image/gif'],
  ['a.svg', Buffer.from('\ufeff<?xml version="1.0"?><svg/>'), 'image', 'image/svg+xml'],
  ['tagged.mp3', bytes('49443304000000000a'), 'audio', 'audio/mpeg'],
  ['frames.mp3', bytes('fffb9064'), 'audio', 'audio/mpeg'],
  ['a.m4a', Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0'), 'audio', 'audio/mp4'],
  ['a.mp4', Buffer.from('\0\0\0\x20ftypisom\0\0\x02\0'), 'resource', 'video/mp4'],
  ['empty.png', Buffer.alloc(0), 'resource', 'application/octet-stream'],
  ['text.png', Buffer.from('no picture\n'), 'resource', 'application/octet-stream'],
  ['text.svg', Buffer.from('no picture\n'), 'resource', 'application/octet-stream'],
  ['text.mp3', Buffer.from('no sound\n'), 'resource', 'application/octet-stream'],
  ['company.txt', Buffer.from('BM is a company with a longer history\n'), 'resource', 'text/plain'],
  ['tags.txt', Buffer.from('ID3 tags are cool, and more\n'), 'resource', 'text/plain'],
  ['notes.md', Buffer.from('OggS is how pages of Ogg begin\n'), 'resource', 'text/markdown'],
  ['flac.csv', Buffer.from('fLaC,what,begins,so\n'), 'resource', 'text/csv'],
  ['unknown', Buffer.from('RIFF, as they say, WEBP'), 'resource', 'application/octet-stream'],
])('%s', async (name, content, type, mimeType) => {
  writeFileSync(join(fs.root, name), content);
  const [block] = (await fs.call('read_media_file', { path: name })).content as Record<string, unknown>[];
  expect(block).toMatchObject(type === 'resource' ? { type, resource: { mimeType } } : { type, mimeType });
  expect((await fs.call('get_file_info', { path: name })).data.mime_type).toBe(mimeType);
});
