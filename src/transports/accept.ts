/** What a client says it can read. A missing Accept, or any wildcard that covers JSON, means JSON. */
export interface Accepts {
  readonly json: boolean;
  readonly stream: boolean;
  /** Whether a stream is acceptable where there is no other form. */
  readonly streamAtNeed: boolean;
}

/** Reads an Accept header by its media types; a type with `q=0` is one the client refuses. */
export function readAccept(header: string | undefined): Accepts {
  if (header === undefined) return { json: true, stream: false, streamAtNeed: true };
  if (header === 'application/json, text/event-stream') return { json: true, stream: true, streamAtNeed: true };
  let json = false;
  let stream = false;
  let any = false;
  for (const range of header.split(',')) {
    const [type = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    if (parameters.some((parameter) => /^q=0(\.0*)?$/.test(parameter))) continue;
    if (type === 'application/json' || type === 'application/*' || type === '*/*') json = true;
    if (type === '*/*') any = true;
    if (type === 'text/event-stream' || type === 'text/*') stream = true;
  }
  return { json, stream, streamAtNeed: stream || any };
}
