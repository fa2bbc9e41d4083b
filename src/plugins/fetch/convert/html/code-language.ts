import type { Element } from 'domhandler';
import { isElement } from './page-tree.ts';

const prefixed = /^(?:language|lang|highlight-source|highlight|code|brush)[-:]([A-Za-z][\w+#.-]*)$/i;
const spaced = /(?:^|\s)(?:brush:|sourceCode)\s+([A-Za-z][\w+#.-]*)/;
const known = new Set([
  ...[
    'bash',
    'sh',
    'shell',
    'zsh',
    'console',
    'powershell',
    'c',
    'cpp',
    'csharp',
    'cs',
    'css',
    'dart',
    'diff',
    'dockerfile',
  ],
  ...[
    'elixir',
    'elm',
    'erlang',
    'fsharp',
    'go',
    'graphql',
    'groovy',
    'haskell',
    'html',
    'http',
    'ini',
    'java',
    'javascript',
  ],
  ...[
    'js',
    'json',
    'json5',
    'jsonc',
    'jsx',
    'julia',
    'kotlin',
    'latex',
    'less',
    'lua',
    'makefile',
    'markdown',
    'md',
    'mjs',
  ],
  ...[
    'cjs',
    'nginx',
    'nix',
    'objc',
    'ocaml',
    'perl',
    'php',
    'plaintext',
    'proto',
    'protobuf',
    'python',
    'py',
    'python3',
    'r',
  ],
  ...[
    'rb',
    'ruby',
    'rust',
    'rs',
    'sass',
    'scala',
    'scss',
    'solidity',
    'sql',
    'svelte',
    'swift',
    'text',
    'toml',
    'ts',
    'tsx',
  ],
  ...['typescript', 'vim', 'vue', 'wasm', 'wat', 'xml', 'yaml', 'yml', 'zig', 'pycon', 'default', 'none'],
]);
const nothing = new Set([
  'default',
  'none',
  'block',
  'wrapper',
  'container',
  'highlighter-rouge',
  'line-numbers',
  'box',
  'example',
  'snippet',
  'toolbar',
]);

/** The language a code block is marked with, on itself, its `code`, or the boxes highlighters put around it. */
export function codeLanguage(pre: Element): string {
  const inner = pre.children.filter(isElement).find(({ name }) => name === 'code' || name === 'samp');
  let at: Element | undefined = inner ?? pre;
  for (let up = 0; at && up < 5; up++) {
    const found = markedLanguage(at, up < 2);
    if (found !== undefined) return found;
    const parent: unknown = at.parent;
    at = isParentElement(parent) && !/^(body|article|main|section|li|td)$/.test(parent.name) ? parent : undefined;
  }
  return '';
}

function isParentElement(node: unknown): node is Element {
  return isElement(node as Element | null);
}

function markedLanguage({ attribs }: Element, isCode: boolean): string | undefined {
  for (const name of ['data-lang', 'data-language', 'data-code-language', 'data-tagsearch-lang', 'lang', 'language']) {
    const value = attribs[name];
    if (value !== undefined && (name !== 'lang' || known.has(value)) && isName(value)) return clean(value);
  }
  const classes = attribs.class ?? '';
  const tokens = classes.split(/\s+/);
  for (const found of [...tokens.map((token) => prefixed.exec(token)), spaced.exec(classes)]) {
    const name = clean(found?.[1] ?? '');
    if (isName(name)) return name;
  }
  return isCode ? tokens.map(clean).find((name) => known.has(name) && isName(name)) : undefined;
}

function isName(value: string): boolean {
  return /^[\w+#.-]{1,30}$/.test(value) && !nothing.has(value.toLowerCase());
}

function clean(value: string): string {
  return value
    .toLowerCase()
    .replace(/^source-/, '')
    .replace(/[.-]+$/, '');
}
