// Prints a plugin's block of config.yaml, every key with its description and default, from the built JSON Schema:
//   node scripts/config-block.mjs fetch
// A start for what config.yaml says of a new plugin; test/config/config-yaml.test.ts names the keys that it lacks.
import { readFileSync } from 'node:fs';
import { stringify } from 'yaml';

const [name = ''] = process.argv.slice(2);
const schema = JSON.parse(readFileSync(new URL('../dist/config.schema.json', import.meta.url), 'utf8'));
const block = schema.properties.plugins.properties[name];
if (!block)
  throw new Error(`no built-in plugin ${name}: ${Object.keys(schema.properties.plugins.properties).join(', ')}`);

console.log(`  # ${block.description}`);
console.log(`  ${name}:`);
for (const [key, value] of Object.entries(block.properties)) if (key !== 'enabled') print(key, value, '    ');

function print(key, value, indent) {
  for (const line of wrapped(descriptionOf(value), 124 - indent.length)) console.log(`${indent}# ${line}`);
  if (value.properties) {
    console.log(`${indent}${key}:`);
    for (const [inner, child] of Object.entries(value.properties)) print(inner, child, `${indent}  `);
  } else if (value.default === undefined) console.log(`${indent}# ${key}:`);
  else console.log(`${indent}${key}: ${stringify(value.default, { collectionStyle: 'flow', lineWidth: 0 }).trim()}`);
}

function descriptionOf(value) {
  const own = value.description ?? value.anyOf?.find((option) => option.description)?.description ?? '';
  const options = value.enum ?? value.anyOf?.find((option) => option.enum)?.enum;
  return options && !options.every((option) => own.includes(option)) ? `${own} One of: ${options.join(', ')}.` : own;
}

function wrapped(text, width) {
  const lines = [''];
  for (const word of text.split(' ')) {
    if (`${lines.at(-1)} ${word}`.length > width) lines.push(word);
    else lines[lines.length - 1] = `${lines.at(-1)} ${word}`.trim();
  }
  return lines;
}
