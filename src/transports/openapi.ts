import type { Face, ToolDescription } from '../core/face.ts';
import { documentSchema } from './document-schema.ts';

const errorSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      properties: { code: { type: 'string' }, message: { type: 'string' }, details: { type: 'object' } },
      required: ['code', 'message'],
    },
  },
  required: ['error'],
};

const failures = {
  '400': 'The arguments are wrong; the message names which.',
  '401': 'A key is required.',
  '404': 'No such tool.',
  '422': 'The tool failed; the message says why and what to do.',
};

/** The OpenAPI 3.1 document of a face's REST side, as Open WebUI takes it for a tool server. `base` is its public path. */
export function openApi(face: Face, version: string, base: string): object {
  const schemas: Record<string, unknown> = { Error: errorSchema };
  return {
    openapi: '3.1.0',
    info: { title: face.title, version, description: face.instructions },
    servers: [{ url: base === '' ? '/' : base }],
    paths: Object.fromEntries(
      [...face.tools.values()].map(({ description }) => [
        `/tools/${description.name}`,
        { post: operation(description, schemas) },
      ]),
    ),
    components: {
      schemas,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
    security: [{ bearer: [] }, { apiKey: [] }, {}],
  };
}

/** One tool's operation; definitions of its schemas go to `schemas`. */
function operation(tool: ToolDescription, schemas: Record<string, unknown>): object {
  const input = documentSchema(tool.inputSchema, `${tool.name}.input`, schemas);
  const output = documentSchema(tool.outputSchema ?? { type: 'object' }, `${tool.name}.output`, schemas);
  const json = (schema: unknown) => ({ 'application/json': { schema } });
  return {
    operationId: tool.name,
    summary: tool.title,
    description: tool.description,
    requestBody: { required: true, content: json(input) },
    responses: {
      '200': { description: 'The result.', content: json(output) },
      ...Object.fromEntries(
        Object.entries(failures).map(([status, description]) => [
          status,
          { description, content: json({ $ref: '#/components/schemas/Error' }) },
        ]),
      ),
    },
  };
}
