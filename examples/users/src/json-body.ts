import { Problem } from './problem.ts';

/**
 * Parses a JSON body; undefined when there is none. Bytes that are not UTF-8 are refused, where a lenient decoder
 * would store replacement characters that the caller never sent.
 */
export function parseJsonBody(body: Buffer): unknown {
  if (body.length === 0) return undefined;
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new Problem('request.malformed_json', { detail: 'The body is not JSON in UTF-8.', cause });
  }
}
