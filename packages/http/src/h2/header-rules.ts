import { mayTrail } from '../chunked-decoder.ts';
import { VALUE_CHAR } from '../grammar.ts';
import type { HeadProblem } from '../request-head.ts';
import { tableAt } from '../table-read.ts';

/** Names and values in turn, as they came. */
export type RawFields = readonly string[];

export interface RequestLimits {
  readonly headBytesMax: number;
  /** END_STREAM came with the head. */
  readonly bodiless: boolean;
  /** What `sec-websocket-key` shall be where the caller extends CONNECT (RFC 8441), which has none. */
  readonly webSocketKey: () => string;
}

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** RFC 9113 §8.2.2. */
const OF_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'proxy-connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
]);
const PSEUDO: ReadonlySet<string> = new Set([':method', ':scheme', ':authority', ':path', ':protocol']);

const bad = (detail: string): HeadProblem => ({ code: 'request.malformed', detail });

/**
 * The head of a request in HTTP/2 as one of HTTP/1.1, made of checked parts (RFC 9113 §8.2, §8.3, §10.3), or what is
 * wrong with it. What only an HTTP/1.1 head can have wrong is left to its own reader, which comes next.
 */
export function requestText(raw: RawFields, limits: RequestLimits): string | HeadProblem {
  const pseudo = new Map<string, string>();
  let lines = '';
  let cookie = '';
  let host: string | undefined;
  let bytes = 0;
  let length = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    bytes += name.length + value.length + 4;
    if (bytes > limits.headBytesMax) return { code: 'request.head_too_large', detail: 'request head too large' };
    if (!isValue(value)) return bad('a field value holds a control character or ends in space');
    if (name.startsWith(':')) {
      if (lines !== '' || cookie !== '' || host !== undefined) return bad('a pseudo-header behind a field');
      if (!PSEUDO.has(name) || pseudo.has(name)) return bad('an unknown or repeated pseudo-header');
      pseudo.set(name, value);
      continue;
    }
    if (!NAME.test(name)) return bad('invalid field name');
    if (OF_CONNECTION.has(name)) return bad(`${name} does not exist in HTTP/2`);
    if (name === 'te' && value.toLowerCase() !== 'trailers') return bad('TE may say trailers only');
    if (name === 'cookie') cookie += cookie === '' ? value : `; ${value}`;
    else if (name === 'host') {
      if (host !== undefined && host !== value) return bad('more than one Host');
      host = value;
    } else {
      length ||= name === 'content-length';
      lines += `${name}: ${value}\r\n`;
    }
  }
  const start = startOf(pseudo, host, limits);
  if (typeof start !== 'string') return start;
  const cookies = cookie === '' ? '' : `cookie: ${cookie}\r\n`;
  const open = !limits.bodiless && !length && !pseudo.has(':protocol');
  return `${start}${lines}${cookies}${open ? 'transfer-encoding: chunked\r\n' : ''}\r\n`;
}

/** Request line and Host; for a WebSocket also what its handshake in HTTP/1.1 needs. */
function startOf(
  pseudo: ReadonlyMap<string, string>,
  host: string | undefined,
  limits: RequestLimits,
): string | HeadProblem {
  const method = pseudo.get(':method') ?? '';
  const authority = pseudo.get(':authority');
  const protocol = pseudo.get(':protocol');
  const path = pseudo.get(':path') ?? '';
  if (!TOKEN.test(method)) return bad('invalid method');
  if (authority !== undefined && host !== undefined && authority.toLowerCase() !== host.toLowerCase()) {
    return bad(':authority and host differ');
  }
  if (method === 'CONNECT' && protocol !== 'websocket') {
    return { code: 'request.method_unsupported', detail: 'CONNECT is offered for websocket only' };
  }
  if (protocol !== undefined && method !== 'CONNECT') return bad(':protocol belongs to CONNECT');
  if (!/^https?$/.test(pseudo.get(':scheme') ?? '')) return bad('invalid :scheme');
  if (!isPath(path, method)) return bad('invalid :path');
  const served = authority ?? host;
  if (served === undefined) return bad('Host is missing');
  if (protocol === undefined) return `${method} ${path} HTTP/1.1\r\nhost: ${served}\r\n`;
  return (
    `GET ${path} HTTP/1.1\r\nhost: ${served}\r\nconnection: upgrade\r\nupgrade: websocket\r\n` +
    `sec-websocket-key: ${limits.webSocketKey()}\r\n`
  );
}

/** RFC 9113 §8.3.1: never empty, from the root; a path of another form was a way around rules (CVE-2026-33186). */
function isPath(path: string, method: string): boolean {
  if (path === '*') return method === 'OPTIONS';
  return path.startsWith('/') && !/[^!-~]/.test(path);
}

/** RFC 9113 §8.2.1: no NUL, CR or LF; no white space around it. */
function isValue(value: string): boolean {
  if (value === '') return true;
  for (let i = 0; i < value.length; i++) if (tableAt(VALUE_CHAR, value.charCodeAt(i)) !== 1) return false;
  return !/^[\t ]|[\t ]$/.test(value);
}

/** What an upstream says in HTTP/2 as a head of HTTP/1.1, or what is wrong with it. */
export function replyText(raw: RawFields, bodiless: boolean): { readonly text: string } | { readonly wrong: string } {
  let status = '';
  let lines = '';
  let length = false;
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    if (name === ':status') {
      if (status !== '' || lines !== '') return { wrong: ':status repeated or behind a field' };
      status = value;
      continue;
    }
    if (!NAME.test(name) || !isValue(value)) return { wrong: 'invalid field in reply' };
    if (OF_CONNECTION.has(name)) return { wrong: `${name} in an HTTP/2 reply` };
    length ||= name === 'content-length';
    lines += `${name}: ${value}\r\n`;
  }
  if (!/^[1-9]\d\d$/.test(status) || status === '101') return { wrong: 'invalid :status' };
  const open = !bodiless && !length && !status.startsWith('1');
  return { text: `HTTP/1.1 ${status} \r\n${lines}${open ? 'transfer-encoding: chunked\r\n' : ''}\r\n` };
}

/** Finished lines of those trailers that may go on; undefined when they are malformed. */
export function trailerText(raw: RawFields): string | undefined {
  let lines = '';
  for (let i = 0; i < raw.length; i += 2) {
    const name = raw[i] ?? '';
    const value = raw[i + 1] ?? '';
    if (!NAME.test(name) || !isValue(value)) return undefined;
    if (mayTrail(name)) lines += `${name}: ${value}\r\n`;
  }
  return lines;
}
