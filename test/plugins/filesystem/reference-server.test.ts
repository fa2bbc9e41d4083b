import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Transport } from '@modelcontextprotocol/sdk/shared/transport.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startTestGateway, type TestGateway } from '../../support/gateway.ts';
import { filesystemPlugin } from './support/built.ts';

// The reference server and ours, on the same kind of tree, asked the same things by the official client: the reference
// over stdio, as it is published, ours over Streamable HTTP.

const require = createRequire(import.meta.url);
const reference = new Client({ name: 'compatibility', version: '1' });
const ours = new Client({ name: 'compatibility', version: '1' });
let gateway: TestGateway;
let folder: string;
let theirRoot: string;
let ourRoot: string;

function fill(root: string): void {
  mkdirSync(join(root, 'src', 'deep'), { recursive: true });
  mkdirSync(join(root, 'empty'));
  writeFileSync(join(root, 'five.txt'), 'one\ntwo\nthree\nfour\nfive\n');
  writeFileSync(join(root, 'open.txt'), 'one\ntwo\nthree');
  writeFileSync(join(root, 'empty.txt'), '');
  writeFileSync(join(root, 'src', 'main.ts'), 'function main() {\n    return 1;\n}\n');
  writeFileSync(join(root, 'src', 'deep', 'note.md'), '# Note ünïcödé 😀\n');
  writeFileSync(join(root, '.hidden'), 'h');
  writeFileSync(join(root, 'big.bin'), Buffer.alloc(5000, 120));
  writeFileSync(join(root, 'pixel.png'), Buffer.from('89504e470d0a1a0a0000', 'hex'));
  writeFileSync(join(root, 'sound.mp3'), Buffer.from('49443300', 'hex'));
  writeFileSync(join(root, 'crlf.txt'), 'one\r\ntwo\r\n');
}

beforeAll(async () => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'mcp-files-')));
  [theirRoot, ourRoot] = [join(folder, 'reference'), join(folder, 'ours')];
  for (const root of [theirRoot, ourRoot]) {
    mkdirSync(root);
    fill(root);
  }
  const config = { dataFolder: join(folder, 'gateway'), plugins: { filesystem: { roots: [ourRoot], write: true } } };
  gateway = await startTestGateway(config, [filesystemPlugin]);
  // The SDK's own transport does not satisfy its own interface under exactOptionalPropertyTypes.
  const http = new StreamableHTTPClientTransport(new URL(`${gateway.url}/filesystem/mcp`));
  await ours.connect(http as Transport);
  const packageFile = require.resolve('@modelcontextprotocol/server-filesystem/package.json');
  const main = join(dirname(packageFile), 'dist', 'index.js');
  await reference.connect(
    new StdioClientTransport({ command: process.execPath, args: [main, theirRoot], stderr: 'ignore' }),
  );
});

afterAll(async () => {
  await reference.close();
  await ours.close();
  await gateway.gateway.stop();
  rmSync(folder, { recursive: true, force: true });
});

interface Said {
  readonly text: string;
  readonly failed: boolean;
}

/** The tools that were seen to do their work on both, and those that were seen to fail on both. */
const compared = { worked: new Set<string>(), failed: new Set<string>() };

/** The same call on both, with ROOT standing for each one's own root in arguments and answers. */
async function both(tool: string, args: unknown): Promise<{ theirs: Said; mine: Said }> {
  const [theirs, mine] = await Promise.all([say(reference, theirRoot, tool, args), say(ours, ourRoot, tool, args)]);
  if (theirs.failed === mine.failed) compared[mine.failed ? 'failed' : 'worked'].add(tool);
  return { theirs, mine };
}

async function say(client: Client, root: string, tool: string, args: unknown): Promise<Said> {
  const own = JSON.parse(JSON.stringify(args).replaceAll('ROOT', root)) as Record<string, unknown>;
  const answer = await client.callTool({ name: tool, arguments: own });
  const content = answer.content as { type: string; text?: string }[];
  const text = content.map((block) => block.text ?? '').join('');
  return { text: text.replaceAll(root, 'ROOT'), failed: answer.isError === true };
}

describe('the catalogue', () => {
  test('has every tool and parameter of the reference server, and requires no others', async () => {
    const { tools } = await reference.listTools();
    const described = new Map((await ours.listTools()).tools.map((tool) => [tool.name, tool]));
    expect(tools).toHaveLength(14);
    for (const tool of tools) {
      const own = described.get(tool.name);
      if (!own) throw new Error(`${tool.name} is missing`);
      expect(Object.keys(own.inputSchema.properties ?? {})).toEqual(
        expect.arrayContaining(Object.keys(tool.inputSchema.properties ?? {})),
      );
      expect([...(own.inputSchema.required ?? [])].sort(), tool.name).toEqual(
        [...(tool.inputSchema.required ?? [])].sort(),
      );
      expect(own.annotations?.readOnlyHint, tool.name).toBe(tool.annotations?.readOnlyHint);
    }
  });
});

describe('reading says the same', () => {
  test.each([
    ['read_text_file', { path: 'ROOT/five.txt' }],
    ['read_file', { path: 'ROOT/five.txt' }],
    ['read_text_file', { path: 'five.txt' }],
    ['read_text_file', { path: 'ROOT/empty.txt' }],
    ['read_text_file', { path: 'ROOT/src/deep/note.md' }],
    ...[1, 2, 3, 5, 6, 99].flatMap((n) => [
      ['read_text_file', { path: 'ROOT/five.txt', head: n }] as const,
      ['read_text_file', { path: 'ROOT/five.txt', tail: n }] as const,
      ['read_text_file', { path: 'ROOT/open.txt', head: n }] as const,
      ['read_text_file', { path: 'ROOT/open.txt', tail: n }] as const,
    ]),
    ['read_text_file', { path: 'ROOT/crlf.txt' }],
    ['read_file', { path: 'ROOT/five.txt', head: 2 }],
    ['read_file', { path: 'ROOT/five.txt', tail: 2 }],
    ['read_text_file', { path: 'ROOT/five.txt', tail: 0 }],
    ['read_text_file', { path: 'ROOT/empty.txt', head: 3 }],
    ['read_text_file', { path: 'ROOT/empty.txt', tail: 3 }],
    ['read_text_file', { path: 'ROOT/five.txt', head: 0 }],
    ['read_multiple_files', { paths: ['ROOT/five.txt', 'ROOT/open.txt', 'ROOT/empty.txt'] }],
    ['list_allowed_directories', {}],
  ] as const)('%s %j', async (tool, args) => {
    const { theirs, mine } = await both(tool, args);
    expect(mine).toEqual(theirs);
  });

  test('get_file_info names the same facts in the same order and form', async () => {
    const { theirs, mine } = await both('get_file_info', { path: 'ROOT/five.txt' });
    const shape = ({ text }: Said) => text.replaceAll(/\d\d:\d\d:\d\d/g, 'TIME');
    expect(shape(mine)).toBe(shape(theirs));
  });

  test.each([
    ['list_directory', { path: 'ROOT' }],
    ['list_directory', { path: 'ROOT/empty' }],
    ['search_files', { path: 'ROOT', pattern: '**/*.ts' }],
    ['search_files', { path: 'ROOT', pattern: '*.txt' }],
    ['search_files', { path: 'ROOT', pattern: '**', excludePatterns: ['src/**', '*.txt'] }],
    ['search_files', { path: 'ROOT', pattern: '**/*.{md,ts}' }],
    ['search_files', { path: 'ROOT/src', pattern: '**/no-such' }],
    ['search_files', { path: 'ROOT', pattern: 'src' }],
    ['search_files', { path: 'ROOT', pattern: '**/deep' }],
    ['list_directory_with_sizes', { path: 'ROOT/empty' }],
    ['directory_tree', { path: 'ROOT/empty' }],
  ] as const)('%s %j, in an order of its own', async (tool, args) => {
    const { theirs, mine } = await both(tool, args);
    const lines = ({ text }: Said) => text.split('\n').sort();
    expect(lines(mine)).toEqual(lines(theirs));
  });

  test.each(['name', 'size'])('list_directory_with_sizes by %s', async (sortBy) => {
    const { theirs, mine } = await both('list_directory_with_sizes', { path: 'ROOT', sortBy });
    const lines = ({ text }: Said) => (sortBy === 'name' ? text : text.split('\n').sort());
    expect(lines(mine)).toEqual(lines(theirs));
  });

  test.each([[[]], [['src']], [['*.txt']], [['deep', '*.md']]])(
    'directory_tree without %j',
    async (excludePatterns) => {
      const { theirs, mine } = await both('directory_tree', { path: 'ROOT', excludePatterns });
      expect(sorted(JSON.parse(mine.text))).toEqual(sorted(JSON.parse(theirs.text)));
      expect(mine.text).toContain('\n    "name"');
    },
  );

  test('read_media_file returns the same blocks', async () => {
    for (const name of ['pixel.png', 'sound.mp3', 'big.bin']) {
      await both('read_media_file', { path: `ROOT/${name}` });
      const answer = await reference.callTool({ name: 'read_media_file', arguments: { path: join(theirRoot, name) } });
      const { content } = await ours.callTool({ name: 'read_media_file', arguments: { path: join(ourRoot, name) } });
      const own = JSON.parse(JSON.stringify(content).replaceAll(ourRoot, theirRoot)) as { type: string }[];
      expect(own).toEqual(answer.content);
    }
  });
});

describe('changing says and does the same', () => {
  beforeAll(() => {
    for (const root of [theirRoot, ourRoot]) {
      symlinkSync('loop', join(root, 'src', 'loop'));
      symlinkSync('/etc/hostname', join(root, 'src', 'out'));
    }
  });

  const same = (path: string) =>
    expect(readFileSync(join(ourRoot, path), 'utf8')).toBe(readFileSync(join(theirRoot, path), 'utf8'));

  test.each([
    ['write_file', { path: 'ROOT/new.txt', content: 'new\n' }, 'new.txt'],
    ['write_file', { path: 'ROOT/new.txt', content: 'again é' }, 'new.txt'],
    ['edit_file', { path: 'ROOT/five.txt', edits: [{ oldText: 'two', newText: 'TWO' }], dryRun: true }, 'five.txt'],
    [
      'edit_file',
      {
        path: 'ROOT/five.txt',
        edits: [
          { oldText: 'two', newText: 'TWO' },
          { oldText: 'four\nfive', newText: '4\n5' },
        ],
      },
      'five.txt',
    ],
    [
      'edit_file',
      { path: 'ROOT/src/main.ts', edits: [{ oldText: 'return 1;\n}', newText: 'return 2;\n}' }] },
      'src/main.ts',
    ],
    ['edit_file', { path: 'ROOT/open.txt', edits: [{ oldText: 'three', newText: 'a ``` fence' }] }, 'open.txt'],
    ['edit_file', { path: 'ROOT/five.txt', edits: [{ oldText: 'one', newText: 'one' }] }, 'five.txt'],
    [
      'edit_file',
      { path: 'ROOT/crlf.txt', edits: [{ oldText: 'one\ntwo', newText: '1\n2' }], dryRun: true },
      'crlf.txt',
    ],
    ['create_directory', { path: 'ROOT/made/by/both' }, undefined],
    ['create_directory', { path: 'ROOT/made/by/both' }, undefined],
    ['create_directory', { path: 'ROOT' }, undefined],
    ['move_file', { source: 'ROOT/new.txt', destination: 'ROOT/made/moved.txt' }, 'made/moved.txt'],
    ['move_file', { source: 'ROOT/made/by', destination: 'ROOT/made/renamed' }, undefined],
  ] as const)('%s %j', async (tool, args, file) => {
    const { theirs, mine } = await both(tool, args);
    expect(mine).toEqual(theirs);
    expect(theirs.failed).toBe(false);
    if (file) same(file);
  });

  test.each([
    ['read_text_file', { path: 'ROOT/none' }, 'ENOENT: no such file or directory'],
    [
      'read_text_file',
      { path: 'ROOT/five.txt', head: 1, tail: 1 },
      'Cannot specify both head and tail parameters simultaneously',
    ],
    ['read_text_file', { path: '/etc/hostname' }, 'Access denied - path outside allowed directories'],
    ['read_text_file', { path: 'C:\\x' }, 'Access denied - Windows-style path received on a POSIX host'],
    [
      'edit_file',
      { path: 'ROOT/five.txt', edits: [{ oldText: 'nowhere', newText: 'x' }] },
      'Could not find exact match for edit:\nnowhere',
    ],
    ['move_file', { source: 'ROOT/five.txt', destination: 'ROOT/open.txt' }, 'Destination already exists'],
    ['read_media_file', { path: 'ROOT/none.png' }, 'ENOENT: no such file or directory'],
    ['list_directory', { path: 'ROOT/none' }, 'ENOENT: no such file or directory'],
    ['list_directory', { path: 'ROOT/five.txt' }, 'ENOTDIR: not a directory'],
    ...(
      [
        ['read_file', {}],
        ['list_directory_with_sizes', {}],
        ['directory_tree', {}],
        ['search_files', { pattern: '*' }],
        ['get_file_info', {}],
        ['edit_file', { edits: [{ oldText: 'a', newText: 'b' }] }],
      ] as const
    ).map(([tool, rest]) => [tool, { path: 'ROOT/none', ...rest }, 'ENOENT: no such file or directory'] as const),
    ...(
      [
        ['read_file', {}],
        ['read_media_file', {}],
        ['write_file', { content: 'x' }],
        ['edit_file', { edits: [{ oldText: 'a', newText: 'b' }] }],
        ['create_directory', {}],
        ['list_directory', {}],
        ['list_directory_with_sizes', {}],
        ['directory_tree', {}],
        ['search_files', { pattern: '*' }],
        ['get_file_info', {}],
      ] as const
    ).map(
      ([tool, rest]) =>
        [
          tool,
          { path: '/etc/mcp-none', ...rest },
          'Access denied - path outside allowed directories: /etc/mcp-none',
        ] as const,
    ),
    ...(['read_text_file', 'get_file_info', 'read_media_file'] as const).map(
      (tool) => [tool, { path: 'ROOT/src/out' }, 'outside allowed directories'] as const,
    ),
    ...(['list_directory_with_sizes', 'directory_tree'] as const).map(
      (tool) => [tool, { path: 'ROOT/open.txt' }, 'ENOTDIR: not a directory'] as const,
    ),
    ['search_files', { path: 'ROOT/open.txt', pattern: '*' }, 'ENOTDIR: not a directory'],
    ['read_text_file', { path: 'ROOT/open.txt/x' }, 'ENOTDIR: not a directory'],
    ['read_text_file', { path: 'ROOT/src' }, 'EISDIR'],
    ['read_text_file', { path: 'ROOT/src/loop' }, 'ELOOP: too many symbolic links'],
    ['write_file', { path: 'ROOT/src', content: 'x' }, 'EISDIR'],
    ['create_directory', { path: 'ROOT/open.txt' }, 'EEXIST'],
    ['move_file', { source: 'ROOT/none', destination: 'ROOT/other' }, 'ENOENT: no such file or directory'],
    [
      'move_file',
      { source: 'ROOT/open.txt', destination: '/etc/mcp-none' },
      'Access denied - path outside allowed directories: /etc/mcp-none',
    ],
    ['move_file', { source: 'ROOT/src', destination: 'ROOT/empty' }, 'Destination already exists: ROOT/empty'],
    // What the schema refuses is said in words of their own by both; the tool and the parameter are named.
    ['read_multiple_files', { paths: [] }, 'paths'],
    ['read_text_file', {}, 'path'],
    ['write_file', { path: 'ROOT/w' }, 'content'],
    ['search_files', { path: 'ROOT' }, 'pattern'],
    ['list_directory_with_sizes', { path: 'ROOT', sortBy: 'date' }, 'sortBy'],
  ] as const)('%s %j fails with the same words', async (tool, args, words) => {
    const { theirs, mine } = await both(tool, args);
    expect(theirs.failed && mine.failed).toBe(true);
    expect(theirs.text).toContain(words);
    expect(mine.text).toContain(words);
  });

  test('a failed read in read_multiple_files is told in its place', async () => {
    const { theirs, mine } = await both('read_multiple_files', { paths: ['ROOT/none', 'ROOT/open.txt'] });
    const shape = ({ text }: Said) => text.replace(/(ENOENT: no such file or directory)[^\n]*/, '$1');
    expect(shape(mine)).toBe(shape(theirs));
  });
});

test('every tool of the reference server was seen to work and to fail beside ours', async () => {
  const names = (await reference.listTools()).tools.map(({ name }) => name).sort();
  expect([...compared.worked].sort()).toEqual(names);
  // Without parameters there is nothing to fail at.
  expect([...compared.failed].sort()).toEqual(names.filter((name) => name !== 'list_allowed_directories'));
});

describe('what ours does better', () => {
  test('it edits no ambiguous match, which the reference does in silence', async () => {
    for (const root of [theirRoot, ourRoot]) writeFileSync(join(root, 'twice.txt'), 'x = 1\ny\nx = 1\n');
    const { theirs, mine } = await both('edit_file', {
      path: 'ROOT/twice.txt',
      edits: [{ oldText: 'x = 1', newText: 'x = 2' }],
    });
    expect(theirs.failed).toBe(false);
    expect(mine.failed).toBe(true);
    expect(mine.text).toContain('lines 1, 3');
    expect(readFileSync(join(ourRoot, 'twice.txt'), 'utf8')).toBe('x = 1\ny\nx = 1\n');
  });

  test('an edit that matches but for its indentation keeps every line where it was, not the first alone', async () => {
    for (const root of [theirRoot, ourRoot]) writeFileSync(join(root, 'deep.py'), '        a:\n            b\n');
    const { mine } = await both('edit_file', {
      path: 'ROOT/deep.py',
      edits: [{ oldText: '\ta:\n\t\tb', newText: '\ta:\n\t\tc' }],
    });
    expect(mine.text).toContain('indentation was ignored');
    expect(readFileSync(join(ourRoot, 'deep.py'), 'utf8')).toBe('        a:\n            c\n');
    expect(readFileSync(join(theirRoot, 'deep.py'), 'utf8')).not.toBe('        a:\n            c\n');
  });

  test('links are marked as links', async () => {
    for (const root of [theirRoot, ourRoot]) symlinkSync('five.txt', join(root, 'link'));
    const { theirs, mine } = await both('list_directory', { path: 'ROOT' });
    expect(theirs.text).toContain('[FILE] link');
    expect(mine.text).toContain('[LINK] link');
  });
});

interface Node {
  name: string;
  children?: Node[];
}

function sorted(nodes: Node[]): Node[] {
  return nodes
    .map((node) => (node.children ? { ...node, children: sorted(node.children) } : node))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
