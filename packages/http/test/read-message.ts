/** A second, plain reading of HTTP/1.1 for the tests: shares nothing with the engine that it judges. */
export interface Message {
  readonly start: string;
  /** Names in lower case. */
  readonly fields: readonly (readonly [string, string])[];
  readonly body: string;
  readonly trailers: string;
  /** The body ended as its framing says. */
  readonly complete: boolean;
  /** What came behind it. */
  readonly rest: string;
}

export interface Reading {
  readonly as: 'request' | 'reply';
  /** Method of the request that a reply answers. */
  readonly method?: string;
  /** The connection has closed: a body without framing is complete. */
  readonly closed?: boolean;
}

type Body = Pick<Message, 'body' | 'trailers' | 'complete' | 'rest'>;

/** The first message, or undefined while its head is not complete. */
export function readMessage(text: string, reading: Reading): Message | undefined {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd < 0) return undefined;
  const [start = '', ...lines] = text.slice(0, headEnd).split('\r\n');
  const fields = lines.map((line): readonly [string, string] => {
    const colon = line.indexOf(':');
    return [line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim()];
  });
  return { start, fields, ...readBody(text.slice(headEnd + 4), { start, fields }, reading) };
}

/** All messages, the last one perhaps incomplete. */
export function readMessages(text: string, reading: Reading): Message[] {
  const messages: Message[] = [];
  for (let rest = text; rest !== '';) {
    const message = readMessage(rest, reading);
    if (message === undefined) break;
    messages.push(message);
    if (!message.complete) break;
    rest = message.rest;
  }
  return messages;
}

/** All values of a field, joined; undefined without one. */
export function field(message: Message | undefined, name: string): string | undefined {
  const values = message?.fields.filter(([each]) => each === name).map(([, value]) => value) ?? [];
  return values.length === 0 ? undefined : values.join(', ');
}

export function statusOf(message: Message | undefined): number {
  return Number(message?.start.slice(9, 12));
}

function readBody(text: string, head: Pick<Message, 'start' | 'fields'>, reading: Reading): Body {
  const named = (name: string) => head.fields.find(([each]) => each === name)?.[1];
  const status = Number(head.start.slice(9, 12));
  const bodiless = reading.method === 'HEAD' || status < 200 || status === 204 || status === 304;
  if (reading.as === 'reply' && bodiless) return { body: '', trailers: '', complete: true, rest: text };
  if (named('transfer-encoding') !== undefined) return readChunks(text);
  const length = named('content-length');
  if (length === undefined && reading.as === 'reply') {
    return { body: text, trailers: '', complete: reading.closed === true, rest: '' };
  }
  const bytes = Number(length ?? 0);
  return { body: text.slice(0, bytes), trailers: '', complete: text.length >= bytes, rest: text.slice(bytes) };
}

function readChunks(text: string): Body {
  let rest = text;
  let body = '';
  for (;;) {
    const size = /^([0-9a-f]+)(?:;[^\r\n]*)?\r\n/i.exec(rest);
    if (size === null) return { body, trailers: '', complete: false, rest: '' };
    const bytes = Number.parseInt(size[1] ?? '', 16);
    rest = rest.slice(size[0].length);
    if (bytes === 0) return readTrailers(rest, body);
    body += rest.slice(0, bytes);
    if (rest.slice(bytes, bytes + 2) !== '\r\n') return { body, trailers: '', complete: false, rest: '' };
    rest = rest.slice(bytes + 2);
  }
}

function readTrailers(text: string, body: string): Body {
  const found = /^((?:[^\r\n]+\r\n)*)\r\n/.exec(text);
  if (found === null) return { body, trailers: '', complete: false, rest: '' };
  return { body, trailers: found[1] ?? '', complete: true, rest: text.slice(found[0].length) };
}
