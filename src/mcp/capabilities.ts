import type { Face } from '../core/face.ts';
import type { Params } from './envelope.ts';

/** What a face offers. `changes`: whether this client can be told of changes (it has a stream for that). */
export function serverCapabilities(face: Face, changes: boolean, era: 'legacy' | 'modern'): Params {
  const hasResources = face.resources.size > 0 || face.templates.length > 0;
  const completes =
    face.templates.some(({ template }) => template.complete) ||
    [...face.prompts.values()].some(({ prompt }) => prompt.complete);
  return {
    tools: { listChanged: changes },
    ...(hasResources ? { resources: { subscribe: changes, listChanged: changes } } : {}),
    ...(face.prompts.size > 0 ? { prompts: { listChanged: changes } } : {}),
    ...(completes ? { completions: {} } : {}),
    ...(era === 'legacy' && !changes ? {} : { logging: {} }),
  };
}
