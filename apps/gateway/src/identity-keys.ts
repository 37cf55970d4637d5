import type { Snapshot } from '@gatehouse/config';
import { identityJwks } from '@gatehouse/kernel';
import { derivedSecret } from './gate-secret.ts';

/** The JWK Set by which upstreams check tokens about callers; undefined where no route makes any. */
export function identityKeysOf({ routes }: Pick<Snapshot, 'routes'>, secret: Uint8Array): string | undefined {
  const makesTokens = routes.some(({ policies }) => policies.some(({ name }) => name === 'forward-identity'));
  return makesTokens ? identityJwks((purpose) => derivedSecret(secret, purpose)) : undefined;
}
