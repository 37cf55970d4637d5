import { FIELD } from './field-names.ts';
import { Fields } from './fields.ts';
import { VALUE_CHAR } from './grammar.ts';
import { hasToken, type Framing, type HeadLimits } from './request-head.ts';
import { tableAt } from './table-read.ts';

/** A reply head from an upstream; one object a connection, filled anew for each reply. */
export class ReplyHead {
  readonly fields: Fields;
  status = 0;
  reason = '';
  minor = 1;
  keepAlive = true;
  framing: Framing = 'none';
  /** `Connection`, lower case, all of its lines joined. */
  #connection = '';
  contentLength = 0;
  /** Names followed by spaces: the lines must be rewritten before they are forwarded (RFC 9112 §5.1). */
  #spaced = false;

  constructor(limits: HeadLimits) {
    this.fields = new Fields(limits.fieldsMax);
  }

  /** Returns what is wrong; `text` starts at the status line and holds the empty line. */
  parse(text: string, requestMethod: string): string | undefined {
    const lineEnd = text.indexOf('\r\n');
    const problem = this.#parseLine(text, lineEnd) ?? this.#parseFields(text, lineEnd + 2);
    if (problem !== undefined) return problem;
    this.#readConnection();
    return this.#readFraming(requestMethod);
  }

  /** `HTTP/1.1 200 OK`; the reason may be missing, and so may the space before it. */
  #parseLine(text: string, lineEnd: number): string | undefined {
    if (!text.startsWith('HTTP/1.')) return 'reply is not HTTP/1';
    const minor = text.charCodeAt(7) - 48;
    if (minor !== 0 && minor !== 1) return 'unknown HTTP version in reply';
    this.minor = minor;
    let status = 0;
    for (let i = 9; i < 12; i++) {
      const digit = text.charCodeAt(i) - 48;
      if (!(digit >= 0 && digit <= 9)) return 'invalid status';
      status = status * 10 + digit;
    }
    if (text.charCodeAt(8) !== 32 || status < 100 || (lineEnd > 12 && text.charCodeAt(12) !== 32)) {
      return 'invalid status line';
    }
    for (let i = 12; i < lineEnd; i++) {
      if (tableAt(VALUE_CHAR, text.charCodeAt(i)) === 0) return 'invalid reason phrase';
    }
    this.status = status;
    this.reason = text.slice(13, lineEnd);
    return undefined;
  }

  #parseFields(text: string, start: number): string | undefined {
    const strict = this.fields.parse(text, start, false);
    this.#spaced = strict === 'space before colon';
    return this.#spaced ? this.fields.parse(text, start, true) : strict;
  }

  #readConnection(): void {
    const fields = this.fields;
    const connection = fields.has(FIELD.connection) ? (fields.joined(FIELD.connection) ?? '').toLowerCase() : '';
    this.#connection = connection;
    this.keepAlive = !hasToken(connection, 'close') && (this.minor === 1 || hasToken(connection, 'keep-alive'));
  }

  /** RFC 9112 §6.3, in its order. */
  #readFraming(requestMethod: string): string | undefined {
    const fields = this.fields;
    const status = this.status;
    this.contentLength = 0;
    const bodiless = requestMethod === 'HEAD' || status < 200 || status === 204 || status === 304;
    if (fields.has(FIELD['transfer-encoding'])) {
      if (this.minor === 0 || fields.has(FIELD['content-length'])) this.keepAlive = false;
      this.#drop(FIELD['content-length']);
      if ((fields.joined(FIELD['transfer-encoding']) ?? '').toLowerCase() !== 'chunked')
        return 'unknown transfer coding in reply';
      this.framing = bodiless ? 'none' : 'chunked';
      return undefined;
    }
    if (!fields.has(FIELD['content-length'])) {
      this.framing = bodiless ? 'none' : 'close';
      if (!bodiless) this.keepAlive = false;
      return undefined;
    }
    return this.#readLength(bodiless);
  }

  #readLength(bodiless: boolean): string | undefined {
    const fields = this.fields;
    const id = FIELD['content-length'];
    const first = fields.indexOf(id);
    const length = fields.digitsAt(first);
    if (length < 0) return 'invalid Content-Length in reply';
    for (let i = fields.indexOf(id, first + 1); i >= 0; i = fields.indexOf(id, i + 1)) {
      if (fields.digitsAt(i) !== length) return 'differing Content-Length in reply';
      fields.removeAt(i);
    }
    if (this.status < 200 || this.status === 204) this.#drop(FIELD['content-length']);
    this.contentLength = length;
    this.framing = bodiless ? 'none' : 'length';
    return undefined;
  }

  #drop(id: number): void {
    for (let i = this.fields.indexOf(id); i >= 0; i = this.fields.indexOf(id, i + 1)) this.fields.removeAt(i);
  }

  /** The lines that are left, ready to be written. */
  kept(): string {
    return this.#spaced ? this.fields.keptNormalised() : this.fields.kept();
  }

  /** Fields that `Connection` names go with it (RFC 9110 §7.6.1), except framing. */
  removeNominated(): void {
    const connection = this.#connection;
    if (connection === '' || connection === 'keep-alive' || connection === 'close') return;
    for (const name of connection.split(',')) {
      const token = name.trim();
      if (token !== '' && token !== 'content-length') this.fields.remove(token);
    }
  }
}
