import { createHash } from 'node:crypto';
import type { CredentialSpec } from '@gatehouse/config';
import { FIELD, type Fields } from '@gatehouse/http';

const CACHE_MAX = 10_000;
const KEY_BYTES_MAX = 512;

export interface PresentedKey {
  readonly key: string;
  /** The field that carried it, so that it can be taken out before the request goes on. */
  readonly field: 'authorization' | 'x-api-key' | 'apikey';
}

/** `Authorization: Bearer`, then `X-API-Key`, then `apikey`; undefined when the caller showed none. */
export function presentedKey(fields: Fields): PresentedKey | undefined {
  const authorization = fields.known(FIELD.authorization);
  if (authorization !== undefined && /^bearer /i.test(authorization)) {
    return { key: authorization.slice(7).trim(), field: 'authorization' };
  }
  const apiKey = fields.known(FIELD['x-api-key']);
  if (apiKey !== undefined) return { key: apiKey, field: 'x-api-key' };
  const plain = fields.known(FIELD.apikey);
  return plain === undefined ? undefined : { key: plain, field: 'apikey' };
}

/**
 * Keys of one snapshot, found by SHA-256. A bounded cache of keys that were found spares the hash;
 * it lives and dies with its snapshot, so a revoked key cannot outlive the swap.
 */
export class Credentials {
  readonly #byHash: ReadonlyMap<string, CredentialSpec>;
  readonly #found = new Map<string, CredentialSpec>();

  constructor(credentials: readonly CredentialSpec[]) {
    this.#byHash = new Map(credentials.map((credential) => [credential.sha256, credential]));
  }

  find(key: string): CredentialSpec | undefined {
    const cached = this.#found.get(key);
    if (cached !== undefined) return cached;
    if (key === '' || key.length > KEY_BYTES_MAX) return undefined;
    const credential = this.#byHash.get(createHash('sha256').update(key, 'latin1').digest('hex'));
    if (credential !== undefined) {
      if (this.#found.size >= CACHE_MAX) this.#found.clear();
      this.#found.set(key, credential);
    }
    return credential;
  }
}
