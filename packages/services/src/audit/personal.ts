import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import { keepSubjectKey, subjectKey, type Statements } from '@gatehouse/store';
import type { Cipher } from '../cipher.ts';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
/** Of whom nothing may be known any more. */
export const ERASED = '[erased]';
const MEMBER = '$personal';

/** What is of a person, as it stands in an entry: the hash of the entry is over this, so that erasing changes no chain. */
export interface SealedPersonal {
  readonly [MEMBER]: string;
  readonly sealed: string;
}

/** Seals and opens what audits hold of people, each with a key of their own. For one transaction. */
export class Personal {
  readonly #sql: Statements;
  readonly #cipher: Cipher;
  readonly #keys = new Map<string, Promise<Buffer | undefined>>();

  constructor(sql: Statements, cipher: Cipher) {
    this.#sql = sql;
    this.#cipher = cipher;
  }

  /** The same text of the same subject is the same again, so that only what changes is told as a change. */
  async seal(subject: string, text: string): Promise<SealedPersonal | typeof ERASED> {
    const key = await this.#key(subject, true);
    if (key === undefined) return ERASED;
    const iv = createHmac('sha256', key).update(text).digest().subarray(0, IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    const bytes = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
    return { [MEMBER]: subject, sealed: bytes.toString('base64') };
  }

  /** A copy in which what is sealed stands in clear, or as `[erased]`. */
  async opened(value: unknown): Promise<unknown> {
    if (isSealed(value)) return this.#open(value);
    if (Array.isArray(value)) return Promise.all(value.map(async (item: unknown) => this.opened(item)));
    if (typeof value !== 'object' || value === null) return value;
    const members = Object.entries(value).map(async ([name, item]) => [name, await this.opened(item)] as const);
    return Object.fromEntries(await Promise.all(members));
  }

  async #open({ [MEMBER]: subject, sealed }: SealedPersonal): Promise<string> {
    const key = await this.#key(subject, false);
    if (key === undefined) return ERASED;
    const bytes = Buffer.from(sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }

  /** Undefined: erased, or there is none and none is wanted. Several who ask at once get one key. */
  async #key(subject: string, make: boolean): Promise<Buffer | undefined> {
    const known = this.#keys.get(subject);
    if (known !== undefined) return known;
    const found = this.#found(subject, make);
    if (make) this.#keys.set(subject, found);
    return found;
  }

  async #found(subject: string, make: boolean): Promise<Buffer | undefined> {
    const kept = await subjectKey(this.#sql, subject);
    const place = `subject ${subject}`;
    if (kept === '' || (kept === undefined && !make)) return undefined;
    if (kept !== undefined) return Buffer.from(this.#cipher.decrypt(kept, place), 'base64');
    const key = randomBytes(KEY_BYTES);
    await keepSubjectKey(this.#sql, subject, this.#cipher.encrypt(key.toString('base64'), place));
    return key;
  }
}

function isSealed(value: unknown): value is SealedPersonal {
  return typeof value === 'object' && value !== null && MEMBER in value && 'sealed' in value;
}
