import type { ErrorCode } from '@gatehouse/kernel';
import { FIELD, UNDERSCORE } from './field-names.ts';
import { Fields } from './fields.ts';
import { CR, LF, SP, TOKEN_LOWER } from './grammar.ts';
import { canonicalTarget, type CanonicalTarget } from './target.ts';
import { tableAt } from './table-read.ts';

export interface HeadLimits {
  readonly headBytesMax: number;
  readonly targetBytesMax: number;
  readonly fieldsMax: number;
}

export interface HeadProblem {
  readonly code: ErrorCode;
  readonly detail: string;
  /** Finished header lines that the refusal carries. */
  readonly lines?: string;
  /** Everything that is wrong with it, as JSON has it. */
  readonly violations?: readonly object[];
}

/** How the body is delimited (RFC 9112 §6). */
export type Framing = 'none' | 'length' | 'chunked' | 'close';

const bad = (detail: string): HeadProblem => ({ code: 'request.malformed', detail });
const TOO_MANY_FIELDS: HeadProblem = { code: 'request.head_too_large', detail: 'too many header fields' };
const NO_TARGET: CanonicalTarget = { path: '', query: '', ambiguity: 0 };
const REG_NAME_OR_IP =
  /^(?:[A-Za-z0-9._~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})+(?::\d{1,5})?$|^\[[0-9A-Fa-f:.]+\](?::\d{1,5})?$/;

/**
 * A request head, parsed once, strictly (RFC 9112 §3, §5, §6 and reference rows 2–22). One object a connection,
 * filled anew for each request. Accepts less than the RFC allows: what two parsers could read differently is refused.
 */
export class RequestHead {
  readonly fields: Fields;
  method = '';
  target: CanonicalTarget = NO_TARGET;
  /** Host and port as sent, lower case. */
  authority = '';
  /** `1` for HTTP/1.1, `0` for HTTP/1.0. */
  minor = 1;
  keepAlive = true;
  framing: Framing = 'none';
  /** `Connection`, lower case, all of its lines joined. */
  #connection = '';
  contentLength = 0;
  expectsContinue = false;
  /** The token of a well-formed upgrade, lower case, or ''. */
  upgrade = '';
  acceptsTrailers = false;
  readonly #limits: HeadLimits;

  constructor(limits: HeadLimits) {
    this.#limits = limits;
    this.fields = new Fields(limits.fieldsMax);
  }

  /** `text` starts at the request line and holds the empty line. */
  parse(text: string): HeadProblem | undefined {
    const lineEnd = text.indexOf('\r\n');
    return (
      this.#parseLine(text, lineEnd) ??
      this.#parseFields(text, lineEnd + 2) ??
      this.#readHost() ??
      this.#readFraming() ??
      this.#readConnection()
    );
  }

  #parseFields(text: string, start: number): HeadProblem | undefined {
    const problem = this.fields.parse(text, start, false);
    if (problem === undefined) return undefined;
    return problem === 'too many fields' ? TOO_MANY_FIELDS : bad(problem);
  }

  /** RFC 9112 §3: single spaces, a token, a target, a version we speak. */
  #parseLine(text: string, lineEnd: number): HeadProblem | undefined {
    const methodEnd = text.indexOf(' ');
    const targetEnd = text.indexOf(' ', methodEnd + 1);
    if (methodEnd <= 0 || methodEnd > lineEnd) return bad('invalid request line');
    if (targetEnd < 0 || targetEnd > lineEnd) return bad('request line without a version');
    if (targetEnd - methodEnd - 1 > this.#limits.targetBytesMax) {
      return { code: 'request.target_too_long', detail: 'request target too long' };
    }
    for (let i = 0; i < methodEnd; i++) {
      if (tableAt(TOKEN_LOWER, text.charCodeAt(i)) === 0) return bad('invalid method');
    }
    return (
      this.#parseVersion(text, targetEnd + 1, lineEnd) ??
      this.#parseTarget(text.slice(0, methodEnd), text.slice(methodEnd + 1, targetEnd))
    );
  }

  #parseVersion(text: string, start: number, end: number): HeadProblem | undefined {
    if (end - start !== 8 || !text.startsWith('HTTP/', start) || text.charCodeAt(start + 6) !== 46) {
      return bad('invalid HTTP version');
    }
    const minor = text.charCodeAt(start + 7) - 48;
    if (text.charCodeAt(start + 5) !== 49 || (minor !== 0 && minor !== 1)) {
      return { code: 'request.version_unsupported', detail: 'only HTTP/1.1 and HTTP/1.0 are spoken here' };
    }
    this.minor = minor;
    return undefined;
  }

  /** RFC 9112 §3.2: origin-form; absolute-form, whose authority then wins; `*` for OPTIONS; CONNECT is off. */
  #parseTarget(method: string, raw: string): HeadProblem | undefined {
    this.method = method;
    this.authority = '';
    if (method === 'CONNECT') return { code: 'request.method_unsupported', detail: 'CONNECT is not offered' };
    if (method === 'TRACE') return { code: 'request.method_unsupported', detail: 'TRACE is not offered' };
    if (raw === '*') {
      if (method !== 'OPTIONS') return bad('`*` is a target of OPTIONS only');
      this.target = { path: '*', query: '', ambiguity: 0 };
      return undefined;
    }
    let path = raw;
    if (raw.charCodeAt(0) !== 47) {
      const absolute = /^http:\/\/([^/?#]+)(.*)$/i.exec(raw);
      if (absolute === null) return bad('invalid request target');
      this.authority = (absolute[1] ?? '').toLowerCase();
      if (!REG_NAME_OR_IP.test(this.authority)) return bad('invalid authority in request target');
      path = absolute[2] ?? '';
      if (path.charCodeAt(0) !== 47) path = `/${path}`;
    }
    const target = canonicalTarget(path);
    if (target === undefined) return bad('invalid character in request target');
    this.target = target;
    return undefined;
  }

  /** RFC 9112 §3.2: exactly one valid Host in 1.1; an absolute-form authority must agree with it. */
  #readHost(): HeadProblem | undefined {
    const first = this.fields.indexOf(FIELD.host);
    if (first < 0) return this.minor === 1 ? bad('Host is missing') : undefined;
    if (this.fields.indexOf(FIELD.host, first + 1) >= 0) return bad('more than one Host');
    const host = this.fields.valueAt(first);
    // An empty Host is legal for targets without an authority; it routes like no host at all.
    if (host === '') return this.authority === '' ? undefined : bad('Host and request target differ');
    if (host !== cachedHost.sent) {
      if (!REG_NAME_OR_IP.test(host)) return bad('invalid Host');
      cachedHost.sent = host;
      cachedHost.lower = host.toLowerCase();
      cachedHost.bare = '';
    }
    if (this.authority !== '' && this.authority !== cachedHost.lower) {
      return { code: 'request.misdirected', detail: 'Host and request target differ' };
    }
    this.authority = cachedHost.lower;
    return undefined;
  }

  /** RFC 9112 §6.1–6.3, strict: never both, never twice, chunked alone, nothing else. */
  #readFraming(): HeadProblem | undefined {
    const fields = this.fields;
    this.framing = 'none';
    this.contentLength = 0;
    if (fields.has(FIELD['transfer-encoding'])) {
      if (fields.has(FIELD['content-length'])) return bad('both Transfer-Encoding and Content-Length');
      if (this.minor === 0) return bad('Transfer-Encoding in an HTTP/1.0 request');
      const codings = fields.joined(FIELD['transfer-encoding']) ?? '';
      if (codings.toLowerCase() !== 'chunked') return codingProblem(codings);
      if (fields.spacedAt(fields.indexOf(FIELD['transfer-encoding']))) return bad('space behind Transfer-Encoding');
      this.framing = 'chunked';
    } else if (fields.has(FIELD['content-length'])) {
      const index = fields.indexOf(FIELD['content-length']);
      if (fields.indexOf(FIELD['content-length'], index + 1) >= 0) return bad('more than one Content-Length');
      const length = fields.digitsAt(index);
      if (length < 0 || fields.spacedAt(index)) return bad('invalid Content-Length');
      this.framing = 'length';
      this.contentLength = length;
    }
    return fields.count > 0 && smuggledFraming(fields) ? bad('look-alike of a framing field') : undefined;
  }

  #readConnection(): HeadProblem | undefined {
    const fields = this.fields;
    const connection = fields.has(FIELD.connection) ? (fields.joined(FIELD.connection) ?? '').toLowerCase() : '';
    this.#connection = connection;
    this.keepAlive = !hasToken(connection, 'close') && (this.minor === 1 || hasToken(connection, 'keep-alive'));
    this.acceptsTrailers = fields.has(FIELD.te) && hasToken((fields.joined(FIELD.te) ?? '').toLowerCase(), 'trailers');
    this.upgrade = '';
    if (fields.has(FIELD.upgrade) && hasToken(connection, 'upgrade') && this.minor === 1) {
      const offered = (fields.known(FIELD.upgrade) ?? '').toLowerCase();
      // h2c would let the caller speak past every check (reference row 27); other protocols are not offered.
      if (offered === 'websocket' && this.framing === 'none') {
        this.upgrade = offered;
        // What the caller sends ahead is meant for the new protocol: refused, it is no request (reference row 25).
        this.keepAlive = false;
      }
    }
    this.expectsContinue = false;
    if (!fields.has(FIELD.expect)) return undefined;
    if ((fields.joined(FIELD.expect) ?? '').toLowerCase() !== '100-continue') {
      return { code: 'request.expectation_failed', detail: 'only 100-continue is understood' };
    }
    this.expectsContinue = this.minor === 1 && this.framing !== 'none';
    return undefined;
  }

  /** Lower-case host without port and in its one spelling, '' when none was sent. */
  get host(): string {
    const authority = this.authority;
    if (authority === cachedHost.lower && cachedHost.bare !== '') return cachedHost.bare;
    const bare = canonicalHost(authority.replace(/:\d+$/, ''));
    if (authority === cachedHost.lower) cachedHost.bare = bare;
    return bare;
  }

  /** Fields that `Connection` names go with it (RFC 9110 §7.6.1), except those that carry framing and routing. */
  removeNominated(): void {
    const connection = this.#connection;
    if (connection === '' || connection === 'keep-alive' || connection === 'close') return;
    for (const name of connection.split(',')) {
      const token = name.trim();
      if (token !== '' && token !== 'host' && token !== 'content-length') this.fields.remove(token);
    }
  }
}

/** Most requests of a worker name the same host: its check and its lower-case form are made once. */
const cachedHost = {
  sent: '',
  lower: '',
  bare: '',
};

/** `a.example.` is `a.example`, and an IPv6 address or an escaped letter has many spellings: routes know one of each. */
function canonicalHost(host: string): string {
  const name = host.endsWith('.') ? host.slice(0, -1) : host;
  if (!/[[%]/.test(name)) return name;
  return URL.canParse(`http://${name}/`) ? new URL(`http://${name}/`).hostname : name;
}

function codingProblem(codings: string): HeadProblem {
  const names = codings
    .toLowerCase()
    .split(',')
    .map((name) => name.trim());
  if (names.every((name) => /^[a-z0-9-]+$/.test(name)) && names.filter((name) => name === 'chunked').length <= 1) {
    return { code: 'request.coding_unsupported', detail: 'only the chunked transfer coding is understood' };
  }
  return bad('invalid Transfer-Encoding');
}

const LOOK_ALIKES: ReadonlySet<string> = new Set(['transfer_encoding', 'content_length']);

function smuggledFraming(fields: Fields): boolean {
  for (let i = fields.indexOf(UNDERSCORE); i >= 0; i = fields.indexOf(UNDERSCORE, i + 1)) {
    if (LOOK_ALIKES.has(fields.nameAt(i).toLowerCase().replaceAll('-', '_'))) return true;
  }
  return false;
}

/** Is the lower-case `token` a member of the lower-case comma list? */
export function hasToken(list: string, token: string): boolean {
  if (list === token) return true;
  return list.includes(token) && list.split(',').some((member) => member.trim() === token);
}

/** Can the bytes never become a head? Found early, so that garbage need not time out. The first `checked` may. */
export function hopelessHead(bytes: Uint8Array, checked: number): boolean {
  for (let i = Math.max(0, checked - 1); i < bytes.length; i++) {
    const code = bytes[i] ?? 0;
    if (code === LF && (i === 0 || bytes[i - 1] !== CR)) return true;
    if (code === CR && i + 1 < bytes.length && bytes[i + 1] !== LF) return true;
    if (code === 0 || (i === 0 && code !== CR && (code <= SP || tableAt(TOKEN_LOWER, code) === 0))) return true;
  }
  return false;
}
