/** One event; `delta` is JSON. */
export function frame(type: string, index: number | undefined, delta?: string): string {
  const place = index === undefined ? '' : `,"index":${index}`;
  const data = `{"type":"${type}"${place}${delta === undefined ? '' : `,"delta":${delta}`}}`;
  // SDKs take the word anywhere in an event for the end of the stream.
  const safe = data.includes('[DONE]') ? data.replaceAll('[DONE]', '\\u005bDONE]') : data;
  return `event: ${type}\ndata: ${safe}\n\n`;
}
