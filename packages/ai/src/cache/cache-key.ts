import type { ChatRequest } from '../canonical/chat-request.ts';
import { scopeDigest, type CacheScope } from './cache-scope.ts';

/** Where the answer to a request is kept. None can be made without a tenant, and nothing else opens the cache. */
export class CacheKey {
  readonly #tenant: string;
  readonly #digest: string;

  private constructor(tenant: string, digest: string) {
    this.#tenant = tenant;
    this.#digest = digest;
  }

  /** Undefined for requests that are nested too deep. */
  static of(scope: CacheScope, request: ChatRequest): CacheKey | undefined {
    const digest = scopeDigest(scope, request, { kind: 'exact' });
    return digest === undefined ? undefined : new CacheKey(scope.tenant, digest);
  }

  get tenant(): string {
    return this.#tenant;
  }

  get digest(): string {
    return this.#digest;
  }
}
