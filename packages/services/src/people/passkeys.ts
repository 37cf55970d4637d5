import { Type } from 'typebox';
import { sha256Hex } from '@gatehouse/kernel';
import { deleteEntity, lookUpEntity, type Entity, type Statements } from '@gatehouse/store';
import { requireEntity, requirePermission } from '../entities/entity-verbs.ts';
import { readInput } from '../entities/read-input.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { ALGORITHMS, challengeOf, CREATED, madePasskey, siteOf } from './passkey-ceremony.ts';
import { insertPrivate, privateRows, removePrivate } from './private-row.ts';
import { requireFresh, requireSession } from './sessions.ts';
import { mintTicket, takeTicket, TICKETS } from './tickets.ts';
import { requireRightsOf } from './user-principal.ts';

const PASSKEYS_MAX = 20;

export const ADD_PASSKEY = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: 'By which its owner knows it.' }),
    credential: CREATED,
  },
  { additionalProperties: false },
);

/** What `navigator.credentials.create()` is told, as `parseCreationOptionsFromJSON()` reads it. Good for five minutes. */
export async function beginPasskey(ctx: ServiceContext, ownUrl: string): Promise<Readonly<Record<string, unknown>>> {
  requireSession(ctx);
  requireFresh(ctx);
  const { rpId } = siteOf(ownUrl);
  const { id: user, name } = ctx.principal;
  const { challenge, known } = await ctx.database.write('people-passkeys', async (sql) => ({
    challenge: await mintTicket(sql, { purpose: 'passkey', user, nowMs: ctx.clock.now() }),
    known: await privateRows(sql, 'passkey', user),
  }));
  return {
    challenge,
    rp: { id: rpId, name: 'Gatehouse' },
    user: { id: userHandle(user), name, displayName: name },
    pubKeyCredParams: ALGORITHMS.map((alg) => ({ type: 'public-key', alg })),
    excludeCredentials: known.map(({ data }) => ({ type: 'public-key', id: String(data['credential']) })),
    authenticatorSelection: { residentKey: 'required', requireResidentKey: true, userVerification: 'required' },
    attestation: 'none',
    timeout: TICKETS.passkey.lifeMs,
  };
}

/** By which a passkey knows its user: nothing that says who that is. */
export function userHandle(user: string): string {
  return Buffer.from(user).toString('base64url');
}

export function passkeyLookup(credential: string): string {
  return sha256Hex(`passkey ${credential}`);
}

export interface PasskeyView {
  readonly id: string;
  readonly name: string;
  readonly createdAt: string;
  readonly lastUsedAt?: string;
  /** Whether its owner has it on several devices. */
  readonly synced: boolean;
  /** It looked like a copy and lets nobody in any more. */
  readonly suspended: boolean;
}

/** Keeps what an authenticator has made for `beginPasskey`. */
export async function addPasskey(ctx: ServiceContext, ownUrl: string, input: unknown): Promise<Written<PasskeyView>> {
  requireSession(ctx);
  requireFresh(ctx);
  const { name, credential } = readInput(ADD_PASSKEY, input);
  const { id: user } = ctx.principal;
  const challenge = challengeOf(credential.response.clientDataJSON) ?? '';
  await takeChallenge(ctx, challenge, user);
  const made = await madePasskey(credential, { ...siteOf(ownUrl), challenge });
  if (made === undefined) throw new ServiceError('admin.invalid', 'this is no passkey that was made for us just now');
  return write(ctx, async (own) => {
    const entity = await requireEntity(own.sql, ctx, { kind: 'user', id: user });
    await requireRoom(own.sql, user, name);
    const lookup = passkeyLookup(credential.id);
    if ((await lookUpEntity(own.sql, 'passkey', lookup)) !== undefined) {
      throw new ServiceError('admin.conflict', 'this passkey is known already');
    }
    const data = { ...made, credential: credential.id };
    const row = await insertPrivate(own.sql, { kind: 'passkey', parent: user, name, lookup, data, nowMs: own.nowMs });
    await own.note(entity, 'passkey_added');
    return passkeyView(row);
  });
}

async function requireRoom(sql: Statements, user: string, name: string): Promise<void> {
  const known = await privateRows(sql, 'passkey', user);
  if (known.some((each) => each.name === name)) {
    throw new ServiceError('admin.conflict', 'you have a passkey of this name');
  }
  if (known.length < PASSKEYS_MAX) return;
  throw new ServiceError('admin.conflict', `nobody has more than ${PASSKEYS_MAX} passkeys, remove one first`);
}

/** Once, and only for whom it was made; '' is whoever is at the door. */
export async function takeChallenge(ctx: ServiceContext, challenge: string, user: string): Promise<void> {
  const row = await ctx.database.write('people-passkeys', async (sql) =>
    takeTicket(sql, { purposes: ['passkey'], ticket: challenge, nowMs: ctx.clock.now() }),
  );
  if (row.parent !== user) throw new ServiceError('admin.unauthenticated', 'this challenge is somebody else’s');
}

function passkeyView({ id, name, createdMs, data }: Entity): PasskeyView {
  const { usedMs } = data;
  return {
    id,
    name,
    createdAt: new Date(createdMs).toISOString(),
    ...(typeof usedMs === 'number' && { lastUsedAt: new Date(usedMs).toISOString() }),
    synced: data['isBackedUp'] === true,
    suspended: data['suspended'] === true,
  };
}

/** One's own. */
export async function listPasskeys(ctx: ServiceContext): Promise<readonly PasskeyView[]> {
  const rows = await ctx.database.read(async (sql) => privateRows(sql, 'passkey', ctx.principal.id));
  return rows.map(passkeyView);
}

/** One of one's own. */
export async function removePasskey(ctx: ServiceContext, id: string): Promise<Written<undefined>> {
  requireSession(ctx);
  requireFresh(ctx);
  return write(ctx, async (own) => {
    const user = await requireEntity(own.sql, ctx, { kind: 'user', id: ctx.principal.id });
    const row = (await privateRows(own.sql, 'passkey', user.id)).find((each) => each.id === id);
    if (row === undefined) throw new ServiceError('admin.not_found', 'you have no such passkey');
    await deleteEntity(own.sql, row);
    await own.note(user, 'passkey_removed');
    return undefined;
  });
}

/** All of a user who has lost them, with the sessions that they may have opened. */
export async function removePasskeysOf(ctx: ServiceContext, user: string): Promise<Written<undefined>> {
  requirePermission(ctx, kindOf('user'), 'update');
  requireFresh(ctx);
  return write(ctx, async (own) => {
    const entity = await requireEntity(own.sql, ctx, { kind: 'user', id: user });
    await requireRightsOf(own.sql, ctx.principal, { user: entity });
    for (const kind of ['passkey', 'session'] as const) await removePrivate(own.sql, { kind, parent: user });
    await own.note(entity, 'passkeys_removed');
    return undefined;
  });
}
