import { sha256Hex } from '@gatehouse/kernel';
import type { Entity } from '@gatehouse/store';
import type { House } from '../service-context.ts';

/** What is longer does not fit into an address. */
const TOKEN_CHARS_MAX = 6000;
const PLACE = 'token of a session';

export interface Elsewhere {
  readonly directory: string;
  /** The directory's own name for its session. */
  readonly sid: string | undefined;
  /** The id token of the sign-in. */
  readonly token: string;
}

/** What a session keeps of the directory that it was opened at. */
export function elsewhere({ cipher }: House, { directory, sid, token }: Elsewhere): unknown {
  const sealed = token.length <= TOKEN_CHARS_MAX ? cipher.encrypt(token, PLACE) : undefined;
  return { directory, sid, token: sealed };
}

export function elsewhereIn(session: Entity | undefined): Readonly<Record<'directory' | 'sid' | 'token', unknown>> {
  const kept = session?.data['elsewhere'];
  const member = (name: string): unknown =>
    typeof kept === 'object' && kept !== null ? Reflect.get(kept, name) : undefined;
  return { directory: member('directory'), sid: member('sid'), token: member('token') };
}

export function openedToken({ cipher }: House, sealed: unknown): string | undefined {
  return typeof sealed === 'string' ? cipher.decrypt(sealed, PLACE) : undefined;
}

/** A user by what its directory calls it. */
export function identityLookup(issuer: string, subject: string): string {
  return sha256Hex(JSON.stringify([issuer, subject]));
}
