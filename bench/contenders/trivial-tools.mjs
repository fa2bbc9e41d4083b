const schema = { type: 'object', properties: { message: { type: 'string' } }, required: ['message'] };

/** The fixture plugin's tools, as SDK servers describe them. */
export function toolsOf(count) {
  return Array.from({ length: count }, (_, index) => {
    const name = `tool_${String(index).padStart(2, '0')}`;
    return { name, title: name, description: 'Returns its message.', inputSchema: schema, outputSchema: schema };
  });
}

/** The result of any of them. */
export function resultOf({ message }) {
  const data = { message };
  return { content: [{ type: 'text', text: JSON.stringify(data) }], structuredContent: data };
}
