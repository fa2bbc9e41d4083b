import type { Face, ToolDescription } from '../core/face.ts';

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
  return {
    openapi: '3.1.0',
    info: { title: face.title, version, description: face.instructions },
    servers: [{ url: base === '' ? '/' : base }],
    paths: Object.fromEntries(
      [...face.tools.values()].map(({ description }) => [
        `/tools/${description.name}`,
        { post: operation(description) },
      ]),
    ),
    components: {
      schemas: { Error: errorSchema },
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key' },
      },
    },
    security: [{ bearer: [] }, { apiKey: [] }, {}],
  };
}

function operation(tool: ToolDescription): object {
  const json = (schema: object) => ({ 'application/json': { schema } });
  return {
    operationId: tool.name,
    summary: tool.title,
    description: tool.description,
    requestBody: { required: true, content: json(tool.inputSchema) },
    responses: {
      '200': { description: 'The result.', content: json(tool.outputSchema ?? { type: 'object' }) },
      ...Object.fromEntries(
        Object.entries(failures).map(([status, description]) => [
          status,
          { description, content: json({ $ref: '#/components/schemas/Error' }) },
        ]),
      ),
    },
  };
}
