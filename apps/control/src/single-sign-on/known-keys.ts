import type { PublicKey } from './id-token.ts';
import { discover, signingKeys } from './open-id-client.ts';

interface Known {
  readonly atMs: number;
  readonly keys: Promise<readonly PublicKey[]>;
}

const KNOWN_MAX = 100;

/**
 * Keys of providers, asked for again when they are old. For whoever is at the door and makes us look at a signature: a thousand
 * of them are one request to the provider.
 */
export class KnownKeys {
  readonly #known = new Map<string, Known>();
  readonly #load: (issuer: string) => Promise<readonly PublicKey[]>;

  constructor(
    load: (issuer: string) => Promise<readonly PublicKey[]> = async (issuer) => signingKeys(await discover(issuer)),
  ) {
    this.#load = load;
  }

  /** Not older than `ageMs`. Throws what `discover` throws; a failure is not kept. */
  async of(
    issuer: string,
    { nowMs, ageMs }: { readonly nowMs: number; readonly ageMs: number },
  ): Promise<readonly PublicKey[]> {
    const known = this.#known.get(issuer);
    if (known !== undefined && nowMs - known.atMs < ageMs) return known.keys;
    const keys = this.#load(issuer);
    const next = { atMs: nowMs, keys };
    this.#known.delete(issuer);
    this.#known.set(issuer, next);
    const [oldest] = this.#known.keys();
    if (this.#known.size > KNOWN_MAX && oldest !== undefined) this.#known.delete(oldest);
    try {
      return await keys;
    } catch (error) {
      if (this.#known.get(issuer) === next) this.#known.delete(issuer);
      throw error;
    }
  }
}
