/** The key that every request carries, so that contenders with and without a guard read the same bytes. */
export const key = 'bench-0123456789abcdef0123456789abcdef';

export const modernVersion = '2026-07-28';
const common = [
  'Accept: application/json, text/event-stream',
  'Accept-Encoding: gzip, deflate',
  'Connection: keep-alive',
  'User-Agent: python-httpx/0.28.1',
  `Authorization: Bearer ${key}`,
].join('\r\n');

/** A whole POST, as text for the wire. `headers` are lines with their ends. */
export function post(path, body, headers = '') {
  return `POST ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n${common}\r\nContent-Type: application/json\r\n${headers}Content-Length: ${body.length}\r\n\r\n${body}`;
}

/** The GET that opens an event stream. */
export function getStream(path) {
  return `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: text/event-stream\r\nCache-Control: no-store\r\n${common.slice(common.indexOf('\r\n') + 2)}\r\n\r\n`;
}

export const initialize = (version) =>
  JSON.stringify({
    jsonrpc: '2.0',
    id: 0,
    method: 'initialize',
    params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'bench', version: '1.0.0' } },
  });

export const initialized = JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' });

/** The `_meta` of a 2026-07-28 request, as JSON. */
export const modernMeta = JSON.stringify({
  'io.modelcontextprotocol/protocolVersion': modernVersion,
  'io.modelcontextprotocol/clientInfo': { name: 'bench', version: '1.0.0' },
  'io.modelcontextprotocol/clientCapabilities': {},
});

/** The first JSON-RPC message of an answer, whether it came as JSON or as an event. */
export function messageOf({ head, body }) {
  if (!/\r\ncontent-type: *text\/event-stream/i.test(head)) return JSON.parse(body);
  return JSON.parse(/^data: ?(\{.*)$/m.exec(body)?.[1] ?? 'null');
}
