import { GatewayError } from '../../../core/errors.ts';
import { defineResourceTemplate } from '../../../core/resource.ts';
import type { ToolContext } from '../../../core/tool.ts';
import type { FetchDeps } from '../deps.ts';
import { documentScheme } from './read-page.ts';

/** The whole text behind an answer that was cut; it lives as long as its snapshot does. */
export const documentResource = defineResourceTemplate<FetchDeps>({
  uriTemplate: `${documentScheme}://{id}`,
  name: 'fetched-document',
  title: 'Whole text of a fetched page',
  description: 'The whole text of a page that the fetch tool gave a part of.',
  mimeType: 'text/markdown',
  read({ deps }: ToolContext<FetchDeps>, { id = '' }, uri) {
    const document = deps.keptDocument(id);
    if (!document) throw new GatewayError('unknown_resource', 'This page is no longer in memory. Fetch it again.');
    return [{ uri, mimeType: 'text/markdown', text: document.text }];
  },
});
