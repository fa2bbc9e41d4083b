import type { ContentBlock } from '../core/content.ts';
import type { ProtocolVersion } from './versions.ts';

/** The revision that brought a kind of content; clients of older ones refuse the whole result for it. */
const since: Readonly<Partial<Record<ContentBlock['type'], ProtocolVersion>>> = {
  audio: '2025-03-26',
  resource_link: '2025-06-18',
};

/** A block as a client of that revision can read it: in words, where it has no such content. */
export function blockFor(version: ProtocolVersion, block: ContentBlock): ContentBlock {
  const first = since[block.type];
  if (first === undefined || version >= first) return block;
  if (block.type === 'resource_link') return { type: 'text', text: `${block.title ?? block.name}: ${block.uri}` };
  return { type: 'text', text: `[${block.type} content, which needs revision ${first} or later]` };
}
