import type { Face } from '../core/face.ts';
import type { Params } from './envelope.ts';
import { tasksDeclaration } from './tasks/extension.ts';

/**
 * What a face offers before 2026-07-28. `changes`: whether this client can be told of changes and sent log messages,
 * because it has a session.
 */
export function legacyCapabilities(face: Face, changes: boolean): Params {
  return { ...offers(face, changes), ...(changes ? { logging: {} } : {}) };
}

const modern = new WeakMap<Face, Params>();

/** What a face offers from 2026-07-28 on, where every client may listen; made once a face. */
export function modernCapabilities(face: Face): Params {
  let capabilities = modern.get(face);
  if (!capabilities) {
    capabilities = { ...offers(face, true), logging: {}, ...(face.hasTasks ? tasksDeclaration : {}) };
    modern.set(face, capabilities);
  }
  return capabilities;
}

function offers(face: Face, changes: boolean): Params {
  const hasResources = face.resources.size > 0 || face.templates.length > 0;
  const completes =
    face.templates.some(({ template }) => template.complete) ||
    [...face.prompts.values()].some(({ prompt }) => prompt.complete);
  return {
    tools: { listChanged: changes },
    ...(hasResources ? { resources: { subscribe: changes, listChanged: changes } } : {}),
    ...(face.prompts.size > 0 ? { prompts: { listChanged: changes } } : {}),
    ...(completes ? { completions: {} } : {}),
  };
}
