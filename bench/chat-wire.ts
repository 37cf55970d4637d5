/** Pieces of OpenAI's format, as fake providers write them. */

export const COMMON = '"id":"chatcmpl-bench","created":1762500000,"model":"bench","system_fingerprint":null';

export const STREAM_HEAD = 'HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n';

export function choice(delta: string, finish: string): string {
  return `{"object":"chat.completion.chunk",${COMMON},"choices":[{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${finish}}]}`;
}

/** An event in a chunk of its own. */
export function event(data: string): string {
  const text = `data: ${data}\n\n`;
  return `${text.length.toString(16)}\r\n${text}\r\n`;
}

export function usageEvent(usage: string): string {
  return event(`{"object":"chat.completion.chunk",${COMMON},"choices":[],${usage}}`);
}

export const BEGIN = STREAM_HEAD + event(choice('{"role":"assistant","content":""}', 'null'));
export const FINISH = event(choice('{}', '"stop"'));
export const DONE = `${event('[DONE]')}0\r\n\r\n`;

export function token(text: string): string {
  return event(choice(`{"content":${JSON.stringify(text)}}`, 'null'));
}

/** Whether a request is there to its last byte. */
export function isComplete(request: string): boolean {
  const end = request.indexOf('\r\n\r\n');
  if (end < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(request)?.[1];
  return length === undefined ? request.endsWith('\r\n0\r\n\r\n') : request.length >= end + 4 + Number(length);
}
