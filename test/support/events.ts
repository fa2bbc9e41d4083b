import type { Json } from './modern.ts';

export interface SseEvent {
  readonly id?: string;
  readonly event?: string;
  readonly retry?: string;
  readonly data?: string;
}

/** The events of a response, as they come; comments are left out. */
export async function* eventsOf(response: Response): AsyncGenerator<SseEvent, undefined> {
  const decoder = new TextDecoder();
  let text = '';
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    const blocks = text.split('\n\n');
    text = blocks.pop() ?? '';
    for (const block of blocks) {
      const event = parse(block);
      if (Object.keys(event).length > 0) yield event;
    }
  }
}

/** All events of a response that ends by itself. */
export async function allEvents(response: Response | Promise<Response>): Promise<SseEvent[]> {
  const events: SseEvent[] = [];
  for await (const event of eventsOf(await response)) events.push(event);
  return events;
}

/** The next event that carries a JSON-RPC message. */
export async function nextMessage(events: AsyncGenerator<SseEvent, undefined>): Promise<Json | undefined> {
  for (;;) {
    const { value, done } = await events.next();
    if (done) return undefined;
    if (value.data) return JSON.parse(value.data) as Json;
  }
}

function parse(block: string): SseEvent {
  const fields = block
    .split('\n')
    .filter((line) => !line.startsWith(':') && line !== '')
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 1).replace(/^ /, '')]);
  return Object.fromEntries(fields);
}
