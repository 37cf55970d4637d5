import { randomBytes } from 'node:crypto';
import { sha256Hex } from '@gatehouse/kernel';
import { deleteEntity, lookUpEntity, type Entity, type Statements } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';
import { forgetOver, insertPrivate, privateRows } from './private-row.ts';

const HOUR_MS = 3_600_000;
/** What a ticket is good for, once, and how long. */
export const TICKETS = {
  setup: { lifeMs: 24 * HOUR_MS },
  reset: { lifeMs: HOUR_MS },
  invitation: { lifeMs: 7 * 24 * HOUR_MS },
  'sign-up': { lifeMs: 24 * HOUR_MS },
  'single-sign-on': { lifeMs: HOUR_MS / 6 },
  passkey: { lifeMs: HOUR_MS / 12 },
} as const;

export type Purpose = keyof typeof TICKETS;

export interface TicketFacts {
  readonly purpose: Purpose;
  /** '' while there is none. */
  readonly user: string;
  readonly nowMs: number;
  readonly data?: Entity['data'];
}

/** 256 bits that are good for one thing, once. Of setups, resets, invitations and sign-ups only the latest counts. */
export async function mintTicket(sql: Statements, { purpose, user, nowMs, data = {} }: TicketFacts): Promise<string> {
  await forgetOver(sql, 'ticket', (row) => Number(row.data['untilMs']) <= nowMs);
  if (purpose !== 'single-sign-on' && purpose !== 'passkey') {
    const former = await privateRows(sql, 'ticket', user);
    for (const row of former.filter((each) => each.data['purpose'] === purpose)) await deleteEntity(sql, row);
  }
  const ticket = randomBytes(32).toString('base64url');
  const untilMs = nowMs + TICKETS[purpose].lifeMs;
  const lookup = sha256Hex(ticket);
  await insertPrivate(sql, { kind: 'ticket', parent: user, lookup, data: { ...data, purpose, untilMs }, nowMs });
  return ticket;
}

/** Ends it. All that it can be refused for has one answer. */
export async function takeTicket(
  sql: Statements,
  {
    purposes,
    ticket,
    nowMs,
  }: { readonly purposes: readonly Purpose[]; readonly ticket: string; readonly nowMs: number },
): Promise<Entity> {
  const row = await lookUpEntity(sql, 'ticket', sha256Hex(ticket));
  const isGood =
    row !== undefined &&
    purposes.some((purpose) => purpose === row.data['purpose']) &&
    Number(row.data['untilMs']) > nowMs;
  if (!isGood) throw new ServiceError('admin.unauthenticated', 'the link is not known, was used, or has ended');
  await deleteEntity(sql, row);
  return row;
}
