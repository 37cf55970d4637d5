import { findEntity, listEntities, lookUpEntity, type Entity, type Statements } from '@gatehouse/store';
import { write, type Write } from '../entities/write.ts';
import { opened } from '../entities/sealed.ts';
import type { House, ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { SYSTEM } from './principals.ts';
import { insertPrivate } from './private-row.ts';
import type { Caller } from './sessions.ts';
import { admitIn, maySignIn, refused, userNamed, type SignedIn } from './sign-in.ts';
import { elsewhere, identityLookup } from './elsewhere.ts';
import { mintTicket, takeTicket } from './tickets.ts';

/** Where people of a house sign in, as an administrator has set it. */
export interface Directory {
  readonly name: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly groupsClaim: string;
  /** A user of a verified e-mail address may be one that is here already. */
  readonly linkByEmail: boolean;
}

export async function directoryNamed({ database, cipher }: House, name: string): Promise<Directory> {
  const query = { workspace: '', kind: 'directory', parent: '', name, limit: 1 };
  const [found] = await database.read(async (sql) => listEntities(sql, query));
  if (found === undefined) throw new ServiceError('admin.not_found', 'there is no such directory');
  const data = opened(found.data, cipher, found.id);
  const spec: unknown = typeof data === 'object' && data !== null && 'spec' in data ? data.spec : undefined;
  const member = (key: string): unknown =>
    typeof spec === 'object' && spec !== null ? Reflect.get(spec, key) : undefined;
  const groupsClaim = member('groupsClaim');
  return {
    name,
    issuer: String(member('issuer')),
    clientId: String(member('clientId')),
    clientSecret: String(member('clientSecret')),
    groupsClaim: typeof groupsClaim === 'string' ? groupsClaim : 'groups',
    linkByEmail: member('linkByEmail') === true,
  };
}

/** What a sign-in elsewhere begins with and is held against when it comes back. */
export interface Departure {
  readonly directory: string;
  readonly nonce: string;
  readonly verifier: string;
  readonly returnTo: string;
}

/** Kept until the browser comes back, ten minutes at most. The ticket is the browser's alone. */
export async function keepDeparture({ database, clock, cipher }: House, departure: Departure): Promise<string> {
  return database.write('people-sso', async (sql) => {
    const kept = cipher.encrypt(JSON.stringify(departure), 'departure');
    return mintTicket(sql, { purpose: 'single-sign-on', user: '', nowMs: clock.now(), data: { kept } });
  });
}

/** Once. */
export async function takeDeparture({ database, clock, cipher }: House, ticket: string): Promise<Departure> {
  const row = await database.write('people-sso', async (sql) =>
    takeTicket(sql, { purposes: ['single-sign-on'], ticket, nowMs: clock.now() }),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `keepDeparture` encrypted one
  return JSON.parse(cipher.decrypt(String(row.data['kept']), 'departure')) as Departure;
}

export interface ExternalUser {
  readonly directory: Directory;
  readonly subject: string;
  readonly email: string | undefined;
  readonly isEmailVerified: boolean;
  readonly title: string | undefined;
  /** undefined: the directory does not tell, and others may have. */
  readonly groups: readonly string[] | undefined;
  /** The id token, by which the directory knows whose sign-out it is. */
  readonly token: string;
  /** The directory's own name for its session. */
  readonly sid: string | undefined;
}

/** Signs in whom a directory knows: by issuer and subject, never by an address that nobody has verified. */
export async function signInExternal(ctx: ServiceContext, caller: Caller, external: ExternalUser): Promise<SignedIn> {
  const { result } = await write({ ...ctx, principal: SYSTEM }, async (own) => {
    const { sql } = own;
    const lookup = identityLookup(external.directory.issuer, external.subject);
    const identity = await lookUpEntity(sql, 'identity', lookup);
    const known =
      identity === undefined
        ? await firstSignIn(own, external, lookup)
        : await findEntity(sql, { workspace: '', kind: 'user', id: identity.parent });
    if (known === undefined || !maySignIn(known)) throw refused();
    const user = external.groups === undefined ? known : await inItsGroups(own, known, external.groups);
    return admitIn(own, {
      user,
      caller,
      action: 'sign_in',
      by: 'single-sign-on',
      elsewhere: elsewhere(ctx, { ...external, directory: external.directory.name }),
    });
  });
  return result;
}

async function firstSignIn(own: Write, external: ExternalUser, lookup: string): Promise<Entity> {
  const { sql, nowMs } = own;
  const { email, directory, isEmailVerified, title } = external;
  if (email === undefined) throw new ServiceError('admin.forbidden', 'the directory tells no e-mail address');
  const known = await userNamed(sql, email);
  if (known !== undefined && !(directory.linkByEmail && isEmailVerified)) {
    throw new ServiceError('admin.forbidden', 'there is another user of this e-mail address');
  }
  const base = { workspace: '', kind: 'user', parent: '', state: '', lookup: undefined, revision: 1 };
  const times = { createdMs: nowMs, updatedMs: nowMs };
  const data = title === undefined ? {} : { title };
  const user =
    known ??
    (await own.insert({ ...base, ...times, id: own.newId('user'), name: email.toLowerCase(), data }, 'arrive'));
  await insertPrivate(sql, { kind: 'identity', parent: user.id, lookup, data: { directory: directory.name }, nowMs });
  return user;
}

/** Those of the directory that the house knows by name; of all others it is told nothing. */
async function inItsGroups(own: Write, user: Entity, names: readonly string[]): Promise<Entity> {
  const groups = await groupsNamed(own.sql, names);
  const before = Array.isArray(user.data['groups']) ? user.data['groups'].map(String) : [];
  const isSame = before.length === groups.length && before.every((id) => groups.includes(id));
  return isSame ? user : own.update(user, { ...user, data: { ...user.data, groups } }, 'join');
}

async function groupsNamed(sql: Statements, names: readonly string[]): Promise<readonly string[]> {
  const ids = new Set<string>();
  for (const name of names) {
    const [found] = await listEntities(sql, { workspace: '', kind: 'group', parent: '', name, limit: 1 });
    if (found !== undefined) ids.add(found.id);
  }
  return [...ids];
}
