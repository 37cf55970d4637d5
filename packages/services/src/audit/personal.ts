import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { ERASED_KEY, insertSubjectKey, subjectKey, type Statements } from '@gatehouse/store';
import type { Cipher } from '../cipher.ts';

/** A value that is of a person, as it stands in an entry; the hash of the entry is over this. */
export interface Personal {
  /** Whose. */
  readonly personal: string;
  /** AES-256-GCM: initialisation vector, what it is as JSON, tag; base64. */
  readonly sealed: string;
}

/** What readers see in its place when the key is gone. */
export const ERASED = '[erased]';

const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * The keys of persons within one transaction: random, each sealed by the key of the house and kept in a table of its own.
 * Without its key, what was said of a person is noise.
 */
export class SubjectKeys {
  readonly #sql: Statements;
  readonly #cipher: Cipher;
  /** undefined: who was erased, or was never known. */
  readonly #known = new Map<string, Buffer | undefined>();

  constructor(sql: Statements, cipher: Cipher) {
    this.#sql = sql;
    this.#cipher = cipher;
  }

  /** `place`: where it stands; it can be opened nowhere else. */
  async seal(value: unknown, { subject, place, atMs }: Place & { readonly atMs: number }): Promise<Personal | string> {
    const key = (await this.#keyOf(subject)) ?? (await this.#newKey(subject, atMs));
    if (key === undefined) return ERASED;
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(place));
    const body = [iv, cipher.update(JSON.stringify(value), 'utf8'), cipher.final(), cipher.getAuthTag()];
    return { personal: subject, sealed: Buffer.concat(body).toString('base64') };
  }

  /** What is none of its values stays as it is. */
  async open(value: unknown, place: string): Promise<unknown> {
    if (!isPersonal(value)) return value;
    const key = await this.#keyOf(value.personal);
    if (key === undefined) return ERASED;
    const bytes = Buffer.from(value.sealed, 'base64');
    const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(0, IV_BYTES)).setAAD(Buffer.from(place));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]);
    return JSON.parse(text.toString('utf8'));
  }

  async #keyOf(subject: string): Promise<Buffer | undefined> {
    const known = this.#known.get(subject);
    if (known !== undefined) return known;
    const kept = (await subjectKey(this.#sql, subject)) ?? ERASED_KEY;
    const key = kept === ERASED_KEY ? undefined : Buffer.from(this.#cipher.decrypt(kept, placeOf(subject)), 'base64');
    this.#known.set(subject, key);
    return key;
  }

  async #newKey(subject: string, atMs: number): Promise<Buffer | undefined> {
    if ((await subjectKey(this.#sql, subject)) !== undefined) return undefined;
    const key = randomBytes(KEY_BYTES);
    const sealedKey = this.#cipher.encrypt(key.toString('base64'), placeOf(subject));
    await insertSubjectKey(this.#sql, { subject, sealedKey, atMs });
    this.#known.set(subject, key);
    return key;
  }
}

export interface Place {
  readonly subject: string;
  readonly place: string;
}

function placeOf(subject: string): string {
  return `key of ${subject}`;
}

function isPersonal(value: unknown): value is Personal {
  if (typeof value !== 'object' || value === null || !('personal' in value) || !('sealed' in value)) return false;
  return typeof value.personal === 'string' && typeof value.sealed === 'string';
}
