import type { ContentAnnotations, ResourceContents } from './content.ts';
import type { Icon } from './icon.ts';
import type { ToolContext } from './tool.ts';

interface ResourceFacts {
  readonly name: string;
  readonly title?: string;
  readonly description?: string;
  readonly mimeType?: string;
  readonly annotations?: ContentAnnotations;
  readonly icons?: readonly Icon[];
}

/** A resource at one absolute URI. */
export interface Resource<in Deps = never> extends ResourceFacts {
  readonly uri: string;
  readonly size?: number;
  read(context: ToolContext<Deps>): Promise<readonly ResourceContents[]> | readonly ResourceContents[];
}

/** Suggests values that begin with what the person typed; `others` are the arguments already chosen. */
export type Completer<Deps> = (
  context: ToolContext<Deps>,
  typed: string,
  others: Readonly<Record<string, string>>,
) => Promise<readonly string[]> | readonly string[];

/** A family of resources: `{name}` in the URI matches one path segment, `{+name}` any text. */
export interface ResourceTemplate<in Deps = never> extends ResourceFacts {
  readonly uriTemplate: string;
  readonly complete?: { readonly [variable: string]: Completer<Deps> };
  read(
    context: ToolContext<Deps>,
    variables: Readonly<Record<string, string>>,
    uri: string,
  ): Promise<readonly ResourceContents[]> | readonly ResourceContents[];
}

/** Names the types of a resource literal; returns it unchanged. */
export function defineResource<Deps>(resource: Resource<Deps>): Resource<Deps> {
  return resource;
}

/** Names the types of a resource template literal; returns it unchanged. */
export function defineResourceTemplate<Deps>(template: ResourceTemplate<Deps>): ResourceTemplate<Deps> {
  return template;
}
