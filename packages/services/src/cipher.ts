import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/** What is secret at rest: AES-256-GCM, each value bound to the place where it stands. */
export class Cipher {
  readonly #key: Buffer;
  readonly #secret: Uint8Array;

  /** `secret`: of the house, at least 32 bytes. */
  constructor(secret: Uint8Array) {
    this.#secret = secret;
    this.#key = Buffer.from(hkdfSync('sha256', secret, 'gatehouse', 'secrets at rest', 32));
  }

  /** 32 bytes for a purpose of their own, such as the seed of a key. */
  derived(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.#secret, 'gatehouse', purpose, 32));
  }

  encrypt(text: string, place: string): string {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(place));
    return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
  }

  /** Throws when it was not written by this house for this place. */
  decrypt(sealed: string, place: string): string {
    const bytes = Buffer.from(sealed, 'base64');
    const [iv, body, tag] = [
      bytes.subarray(0, IV_BYTES),
      bytes.subarray(IV_BYTES, -TAG_BYTES),
      bytes.subarray(-TAG_BYTES),
    ];
    const decipher = createDecipheriv('aes-256-gcm', this.#key, iv).setAAD(Buffer.from(place)).setAuthTag(tag);
    return Buffer.concat([decipher.update(body), decipher.final()]).toString('utf8');
  }
}
