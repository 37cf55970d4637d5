import { createHash } from 'node:crypto';
import type { CredentialMatch, CredentialSpec } from '@gatehouse/config';
import { hash32 } from '@gatehouse/kernel';

const FOUND_MAX = 10_000;
const KEY_BYTES_MAX = 512;

/** A credential that is found elsewhere, and may change there. */
export interface ElsewhereFound {
  readonly credential: CredentialSpec;
  /** False once it, or anything of its application, is not what it was. */
  holds(): boolean;
}

export interface CredentialsElsewhere {
  /** Whether there may be any: what is shown need not be hashed where there are none. */
  readonly some: boolean;
  /** By the SHA-256 of a key. */
  find(hash: Uint8Array): ElsewhereFound | undefined;
}

const NOWHERE: CredentialsElsewhere = { some: false, find: () => undefined };
const always = (): boolean => true;

/**
 * The credentials of one snapshot, found by what callers show. A bounded cache of keys that were found spares their
 * hash; it lives and dies with its snapshot, so a revoked key cannot outlive the swap.
 */
export class CredentialBook {
  readonly #byHash = new Map<string, CredentialSpec>();
  readonly #byMatch = new Map<string, CredentialSpec>();
  readonly #found = new Map<string, ElsewhereFound>();
  readonly #elsewhere: CredentialsElsewhere;
  readonly #users: CredentialSpec[] = [];

  constructor(credentials: readonly CredentialSpec[], elsewhere = NOWHERE) {
    this.#elsewhere = elsewhere;
    for (const credential of credentials) {
      if (credential.match === undefined) this.#byHash.set(credential.sha256, credential);
      else this.#byMatch.set(nameOf(credential.match), credential);
      if (credential.match?.kind === 'basic') this.#users.push(credential);
    }
  }

  /** By a key in clear. */
  key(key: string): CredentialSpec | undefined {
    const cached = this.#found.get(key);
    if (cached?.holds() === true) return cached.credential;
    this.#found.delete(key);
    if (key === '' || key.length > KEY_BYTES_MAX) return undefined;
    // Where nobody has a key, what is shown on open paths need not be hashed.
    if (this.#byHash.size === 0 && !this.#elsewhere.some) return undefined;
    const found = this.#byHashOf(createHash('sha256').update(key, 'latin1').digest());
    if (found === undefined) return undefined;
    if (this.#found.size >= FOUND_MAX) this.#found.clear();
    this.#found.set(key, found);
    return found.credential;
  }

  #byHashOf(hash: Buffer): ElsewhereFound | undefined {
    const credential = this.#byHash.size === 0 ? undefined : this.#byHash.get(hash.toString('hex'));
    return credential === undefined ? this.#elsewhere.find(hash) : { credential, holds: always };
  }

  /** By the name of a user. */
  user(name: string): CredentialSpec | undefined {
    return this.#byMatch.get(nameOf({ kind: 'basic', username: name, argon2: '' }));
  }

  /** Always the same user for a name, be it anybody's or nobody's: whose password is checked in place of that of nobody. */
  standIn(name: string): CredentialSpec | undefined {
    return this.#users[(hash32(name) >>> 0) % this.#users.length];
  }

  /** By the client (or subject) that an issuer's token was given to; else by the issuer, where all of its clients are one. */
  client(issuer: string, id: string | undefined): CredentialSpec | undefined {
    const named = id === undefined ? undefined : this.#byMatch.get(nameOf({ kind: 'client', issuer, id }));
    return named ?? this.#byMatch.get(nameOf({ kind: 'client', issuer, id: '*' }));
  }

  /** By the SHA-256 of a certificate in lower-case hex, or by its subject. */
  certificate(by: { readonly sha256: string } | { readonly subject: string }): CredentialSpec | undefined {
    return this.#byMatch.get(nameOf({ kind: 'certificate', ...by }));
  }

  /** By the `keyid` of a message signature. */
  signer(keyId: string): CredentialSpec | undefined {
    return this.#byMatch.get(nameOf({ kind: 'signature', keyId, algorithm: '', key: '' }));
  }
}

function nameOf(match: CredentialMatch): string {
  switch (match.kind) {
    case 'basic':
      return `basic ${match.username}`;
    case 'client':
      return `client ${JSON.stringify([match.issuer, match.id])}`;
    case 'certificate':
      return 'sha256' in match ? `certificate ${match.sha256}` : `subject ${match.subject}`;
    case 'signature':
    default:
      return `signature ${match.keyId}`;
  }
}
