import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { cookieValue } from '../cookie-value.ts';

export interface SealedCookieOptions {
  readonly name: string;
  readonly domain: string | undefined;
  readonly sameSite: 'lax' | 'strict' | 'none';
  /** 32 bytes. */
  readonly key: Buffer;
  /** What it is for and whose it is: opened under another one, it is nothing. */
  readonly purpose: string;
}

const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Browsers keep 4096 bytes of a cookie, its name and attributes among them. */
const CHUNK_CHARS = 3600;
const CHUNKS_MAX = 5;

/**
 * A value that the browser keeps for us and can neither read nor change: AES-256-GCM, in as many cookies as it needs.
 * Over TLS no other host can set one of that name (`__Host-`, RFC 6265bis §4.1.3).
 */
export class SealedCookie {
  readonly #options: SealedCookieOptions;

  constructor(options: SealedCookieOptions) {
    this.#options = options;
  }

  /** Whether a cookie of this name is ours, or a piece of ours. */
  owns(name: string): boolean {
    const plain = name.replace(/^__(?:Host|Secure)-/, '');
    return plain === this.#options.name || plain.replace(/\.\d$/, '') === this.#options.name;
  }

  read(header: string | undefined, isSecure: boolean): unknown {
    const name = this.#name(isSecure);
    const first = cookieValue(header, name);
    const [, count = '', head = ''] = /^([1-5])\.([\w-]+)$/.exec(first ?? '') ?? [];
    if (count === '') return undefined;
    const rest = Array.from({ length: Number(count) - 1 }, (_, at) => cookieValue(header, `${name}.${at + 1}`));
    return rest.includes(undefined) ? undefined : this.open(Buffer.from(head + rest.join(''), 'base64url'));
  }

  /** Values of `Set-Cookie`. Undefined: it is too much for cookies. */
  write(
    value: unknown,
    {
      header,
      isSecure,
      maxAgeS,
    }: { readonly header: string | undefined; readonly isSecure: boolean; readonly maxAgeS: number },
  ): readonly string[] | undefined {
    const sealed = this.seal(value).toString('base64url');
    const count = Math.ceil(sealed.length / CHUNK_CHARS);
    if (count > CHUNKS_MAX) return undefined;
    const name = this.#name(isSecure);
    const pieces = Array.from({ length: count }, (_, at) => {
      const piece = sealed.slice(at * CHUNK_CHARS, (at + 1) * CHUNK_CHARS);
      return at === 0
        ? this.#line(name, `${count}.${piece}`, { isSecure, maxAgeS })
        : this.#line(`${name}.${at}`, piece, { isSecure, maxAgeS });
    });
    // A longer value that was there before leaves pieces behind.
    return [...pieces, ...this.#removals(header, isSecure, count)];
  }

  clear(header: string | undefined, isSecure: boolean): readonly string[] {
    return this.#removals(header, isSecure, 0);
  }

  #removals(header: string | undefined, isSecure: boolean, from: number): string[] {
    const name = this.#name(isSecure);
    const names = Array.from({ length: CHUNKS_MAX }, (_, at) => (at === 0 ? name : `${name}.${at}`)).slice(from);
    return names
      .filter((each) => cookieValue(header, each) !== undefined)
      .map((each) => this.#line(each, '', { isSecure, maxAgeS: 0 }));
  }

  #name(isSecure: boolean): string {
    const { name, domain } = this.#options;
    if (!isSecure) return name;
    return `${domain === undefined ? '__Host-' : '__Secure-'}${name}`;
  }

  #line(name: string, value: string, { isSecure, maxAgeS }: { readonly isSecure: boolean; readonly maxAgeS: number }) {
    const { domain, sameSite } = this.#options;
    const site = { lax: 'Lax', strict: 'Strict', none: 'None' }[sameSite];
    const secure = isSecure ? '; Secure' : '';
    const hosts = domain === undefined ? '' : `; Domain=${domain}`;
    return `${name}=${value}; Path=/; Max-Age=${maxAgeS}; HttpOnly; SameSite=${site}${secure}${hosts}`;
  }

  seal(value: unknown): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#options.key, iv);
    cipher.setAAD(Buffer.from(this.#options.purpose));
    const sealed = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]);
  }

  /** Undefined for what this did not seal. */
  open(bytes: Buffer): unknown {
    if (bytes.length <= IV_BYTES + TAG_BYTES) return undefined;
    const [iv, tag] = [bytes.subarray(0, IV_BYTES), bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES)];
    const decipher = createDecipheriv('aes-256-gcm', this.#options.key, iv, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(this.#options.purpose));
    decipher.setAuthTag(tag);
    try {
      const opened = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(opened.toString('utf8'));
    } catch {
      // Of another key or purpose, or changed: whoever has it has no session.
      return undefined;
    }
  }
}
