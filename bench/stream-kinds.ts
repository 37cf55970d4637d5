/** What the models of fake-streams.ts do. */

/** Tokens of a stream of the model `flood`. */
export const FLOOD_TOKENS = 500;
/** So long `first` thinks. */
export const FIRST_AFTER_MS = 5;
/** `slow` says a word in so long, without end. */
export const SLOW_EVERY_MS = 1000;
/** So much has `huge` to say. */
export const HUGE_BYTES = 100 * 1024 * 1024;

export type StreamKind = 'flood' | 'first' | 'slow' | 'huge';

/** `direct` asks the provider itself. */
export type Way = 'direct' | 'same' | 'translated';

export interface StreamAsked {
  readonly port: number;
  readonly way: Way;
  readonly kind: StreamKind;
}

const KEY = 'key-1';

/** A call as bytes. Translated is one in Anthropic's dialect, which the provider does not speak. */
export function streamRequest({ port, way, kind }: StreamAsked): string {
  const path = way === 'translated' ? '/v1/messages' : '/v1/chat/completions';
  const messages = [{ role: 'user', content: 'Who may pass through the gate?' }];
  const body = JSON.stringify({ model: kind, stream: true, max_tokens: 1000, messages });
  const lines = [
    `POST ${path} HTTP/1.1`,
    `host: 127.0.0.1:${port}`,
    `authorization: Bearer ${KEY}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}

/** The same from the options of a program. */
export function askedFrom(values: Readonly<Record<'port' | 'way' | 'kind', string>>): StreamAsked {
  const { way, kind } = values;
  if (way !== 'direct' && way !== 'same' && way !== 'translated') throw new TypeError(`no such way: ${way}`);
  if (kind !== 'flood' && kind !== 'first' && kind !== 'slow' && kind !== 'huge') {
    throw new TypeError(`no such kind: ${kind}`);
  }
  return { port: Number(values.port), way, kind };
}
