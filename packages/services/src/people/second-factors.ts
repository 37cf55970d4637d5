import { randomBytes } from 'node:crypto';
import { Type } from 'typebox';
import { sha256Hex } from '@gatehouse/kernel';
import { deleteEntity, findEntity, touchEntity, type Entity, type Statements } from '@gatehouse/store';
import { requireEntity, requirePermission } from '../entities/entity-verbs.ts';
import { readInput } from '../entities/read-input.ts';
import { write, type Written } from '../entities/write.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { House, ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { findPrivate, insertPrivate } from './private-row.ts';
import { requireFresh, requireSession } from './sessions.ts';
import { beginAttempt } from './throttle.ts';
import { requireRightsOf } from './user-principal.ts';
import { base32, stepOfCode, totpUri } from './totp.ts';

const SECRET_BYTES = 20;
const RECOVERY_CODES = 10;
const RECOVERY_BYTES = 10;
/** Codes are used one after another: none counts twice. */
const LOCK = 'people-factors';

export const CONFIRM = Type.Object(
  { code: Type.String({ minLength: 6, maxLength: 6 }) },
  { additionalProperties: false },
);

export async function hasSecondFactor(sql: Statements, user: string): Promise<boolean> {
  return (await factorOf(sql, user))?.data['on'] === true;
}

async function factorOf(sql: Statements, user: string): Promise<Entity | undefined> {
  return findPrivate(sql, { kind: 'factor', parent: user, name: 'totp' });
}

/** Whether it is a code of the user's authenticator or one of its recovery codes. It is none from then on. */
export async function useCode(house: House, user: string, code: string): Promise<boolean> {
  return house.database.write(LOCK, async (sql) => {
    const factor = await factorOf(sql, user);
    if (factor?.data['on'] !== true) return false;
    const { recovery } = factor.data;
    const hashes = Array.isArray(recovery) ? recovery.map(String) : [];
    const hash = sha256Hex(code.replaceAll(/[\s-]/g, '').toUpperCase());
    if (hashes.includes(hash)) {
      const data = { ...factor.data, recovery: hashes.filter((each) => each !== hash) };
      await touchEntity(sql, { ...factor, data });
      return true;
    }
    return useStep(house, sql, { factor, code });
  });
}

interface Use {
  readonly factor: Entity;
  readonly code: string;
}

async function useStep({ cipher, clock }: House, sql: Statements, { factor, code }: Use): Promise<boolean> {
  const secret = Buffer.from(cipher.decrypt(String(factor.data['secret']), placeOf(factor.parent)), 'base64');
  const step = stepOfCode(secret, code, { nowMs: clock.now(), lastStep: Number(factor.data['step']) });
  if (step === undefined) return false;
  await touchEntity(sql, { ...factor, data: { ...factor.data, step } });
  return true;
}

function placeOf(user: string): string {
  return `${user} totp`;
}

/** A secret for one's authenticator, shown once. It counts when a code of it was shown. */
export async function beginTotp(ctx: ServiceContext): Promise<{ readonly secret: string; readonly uri: string }> {
  requireSession(ctx);
  requireFresh(ctx);
  const { id: user, name } = ctx.principal;
  const secret = randomBytes(SECRET_BYTES);
  await ctx.database.write(LOCK, async (sql) => {
    const known = await factorOf(sql, user);
    if (known?.data['on'] === true)
      throw new ServiceError('admin.conflict', 'there is an authenticator, remove it first');
    if (known !== undefined) await deleteEntity(sql, known);
    const data = { on: false, step: 0, secret: ctx.cipher.encrypt(secret.toString('base64'), placeOf(user)) };
    await insertPrivate(sql, { kind: 'factor', parent: user, name: 'totp', data, nowMs: ctx.clock.now() });
  });
  return { secret: base32(secret), uri: totpUri(secret, name) };
}

/** From now on a code is asked for. Gives the recovery codes, shown once. */
export async function confirmTotp(
  ctx: ServiceContext,
  address: string,
  input: unknown,
): Promise<{ readonly recoveryCodes: readonly string[] }> {
  requireSession(ctx);
  requireFresh(ctx);
  const { code } = readInput(CONFIRM, input);
  await beginAttempt(ctx, { account: `totp ${ctx.principal.id}`, address });
  const codes = Array.from({ length: RECOVERY_CODES }, () => base32(randomBytes(RECOVERY_BYTES)));
  await write(ctx, async (own) => {
    const user = await requireEntity(own.sql, ctx, { kind: 'user', id: ctx.principal.id });
    const factor = await factorOf(own.sql, user.id);
    if (factor === undefined || factor.data['on'] === true) {
      throw new ServiceError('admin.illegal', 'no authenticator waits for its first code');
    }
    if (!(await useStep(ctx, own.sql, { factor, code })))
      throw new ServiceError('admin.invalid', 'this is not its code');
    const used = (await findEntity(own.sql, factor)) ?? factor;
    await touchEntity(own.sql, { ...used, data: { ...used.data, on: true, recovery: codes.map(sha256Hex) } });
    await own.note(user, 'totp_added');
  });
  return { recoveryCodes: codes.map((each) => each.replaceAll(/(.{4})(?=.)/g, '$1-')) };
}

/** One's own, or that of somebody who has lost theirs. */
export async function removeTotp(ctx: ServiceContext, user: string): Promise<Written<undefined>> {
  if (user === ctx.principal.id) requireSession(ctx);
  else requirePermission(ctx, kindOf('user'), 'update');
  requireFresh(ctx);
  return write(ctx, async (own) => {
    const entity = await requireEntity(own.sql, ctx, { kind: 'user', id: user });
    if (user !== ctx.principal.id) await requireRightsOf(own.sql, ctx.principal, { user: entity });
    const factor = await factorOf(own.sql, user);
    if (factor === undefined) throw new ServiceError('admin.not_found', 'there is no authenticator');
    await deleteEntity(own.sql, factor);
    await own.note(entity, 'totp_removed');
    return undefined;
  });
}
