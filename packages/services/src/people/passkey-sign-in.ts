import { Type, type Static } from 'typebox';
import { findEntity, lookUpEntity, touchEntity, type Entity } from '@gatehouse/store';
import { readInput } from '../entities/read-input.ts';
import { write } from '../entities/write.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { ASSERTED, assertedCounter, challengeOf, siteOf, type Site } from './passkey-ceremony.ts';
import { passkeyLookup, takeChallenge, userHandle } from './passkeys.ts';
import { SYSTEM } from './principals.ts';
import { requireSession, type Caller } from './sessions.ts';
import { admit, maySignIn, type SignedIn } from './sign-in.ts';
import { attemptSucceeded, beginAttempt } from './throttle.ts';
import { mintTicket, TICKETS } from './tickets.ts';

export const PASSKEY_SIGN_IN = Type.Object({ credential: ASSERTED }, { additionalProperties: false });

/** What `navigator.credentials.get()` is told: any passkey that this browser has for us. Good for five minutes. */
export async function beginPasskeySignIn(
  { database, clock }: ServiceContext,
  ownUrl: string,
): Promise<Readonly<Record<string, unknown>>> {
  const { rpId } = siteOf(ownUrl);
  const challenge = await database.write('people-passkeys', async (sql) =>
    mintTicket(sql, { purpose: 'passkey', user: '', nowMs: clock.now() }),
  );
  return { challenge, rpId, userVerification: 'required', allowCredentials: [], timeout: TICKETS.passkey.lifeMs };
}

export interface Presented {
  readonly caller: Caller;
  readonly ownUrl: string;
  readonly input: unknown;
}

/**
 * Signs in whoever has a passkey and has been verified by it, which makes two factors. All refusals are the same but for one:
 * whoever waits.
 */
export async function signInByPasskey(ctx: ServiceContext, presented: Presented): Promise<SignedIn> {
  const user = await requirePasskey(ctx, presented);
  return admit(ctx, { user, caller: presented.caller, action: 'sign_in', by: 'passkey' });
}

/** The user of a session proves again to be there. */
export async function proveByPasskey(ctx: ServiceContext, presented: Presented): Promise<SignedIn> {
  const { id } = requireSession(ctx);
  const user = await requirePasskey(ctx, presented);
  if (user.id !== ctx.principal.id) throw noPasskey();
  return admit(ctx, { user, caller: presented.caller, action: 'proved', instead: id, by: 'passkey' });
}

async function requirePasskey(ctx: ServiceContext, { caller, ownUrl, input }: Presented): Promise<Entity> {
  const { credential } = readInput(PASSKEY_SIGN_IN, input);
  const site = siteOf(ownUrl);
  const attempt = { account: `passkey ${credential.id}`, address: caller.address };
  await beginAttempt(ctx, attempt);
  const used = await usedPasskey(ctx, credential, site);
  const user = used && (await accept(ctx, used));
  if (user === undefined) throw noPasskey();
  await attemptSucceeded(ctx, attempt);
  return user;
}

function noPasskey(): ServiceError {
  return new ServiceError('admin.unauthenticated', 'this passkey does not let you in');
}

interface Used {
  readonly passkey: Entity;
  readonly counter: number;
}

/** A known passkey that has answered a challenge of ours, which nobody answers a second time. */
async function usedPasskey(
  ctx: ServiceContext,
  credential: Static<typeof ASSERTED>,
  site: Site,
): Promise<Used | undefined> {
  const challenge = challengeOf(credential.response.clientDataJSON) ?? '';
  await takeChallenge(ctx, challenge, '').catch((error: unknown) => {
    throw error instanceof ServiceError ? noPasskey() : error;
  });
  const passkey = await ctx.database.read(async (sql) => lookUpEntity(sql, 'passkey', passkeyLookup(credential.id)));
  if (passkey === undefined) return undefined;
  const { userHandle: given } = credential.response;
  if (typeof given === 'string' && given !== userHandle(passkey.parent)) return undefined;
  const counter = await assertedCounter(credential, String(passkey.data['publicKey']), { ...site, challenge });
  return counter === undefined ? undefined : { passkey, counter };
}

/** A counter that does not go up is that of a copy: one of the two is not its owner's, so that neither lets anybody in. */
async function accept(ctx: ServiceContext, { passkey, counter }: Used): Promise<Entity | undefined> {
  const { result } = await write({ ...ctx, principal: SYSTEM }, async (own) => {
    const { sql, nowMs } = own;
    const now = await findEntity(sql, passkey);
    const user = await findEntity(sql, { workspace: '', kind: 'user', id: passkey.parent });
    if (now === undefined || now.data['suspended'] === true || user === undefined || !maySignIn(user)) return undefined;
    const before = Number(now.data['counter']);
    if ((before > 0 || counter > 0) && counter <= before) {
      await touchEntity(sql, { ...now, data: { ...now.data, suspended: true } });
      await own.note(user, 'passkey_suspended');
      return undefined;
    }
    await touchEntity(sql, { ...now, data: { ...now.data, counter, usedMs: nowMs } });
    return user;
  });
  return result;
}
