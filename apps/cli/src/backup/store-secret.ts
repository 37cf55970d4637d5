import path from 'node:path';
import { derivedSecret, knownGateSecret } from '@gatehouse/gateway';

export interface KeyPlace {
  readonly dataDir: string;
  /** `GATEHOUSE_SECRET_KEY` */
  readonly secretKey: string | undefined;
}

/** What the control plane seals with; undefined: there is no key. */
export function storeSecret({ dataDir, secretKey }: KeyPlace): Uint8Array | undefined {
  const secret = knownGateSecret(dataDir, secretKey);
  return secret && derivedSecret(secret, 'store');
}

/** Where it is, for people. */
export function keyPlace({ dataDir, secretKey = '' }: KeyPlace): string {
  return secretKey === '' ? path.join(dataDir, 'secret.key') : 'GATEHOUSE_SECRET_KEY';
}
