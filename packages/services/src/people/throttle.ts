import { isIPv6 } from 'node:net';
import { sha256Hex } from '@gatehouse/kernel';
import { deleteEntity, lookUpEntity, touchEntity, type Entity, type Statements } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';
import type { House } from '../service-context.ts';
import { forgetOver, insertPrivate } from './private-row.ts';

const LOCK = 'people-throttle';
const DELAY_MIN_MS = 1_000;
const DELAY_MAX_MS = 900_000;
const FORGOTTEN_MS = 86_400_000;
/** How often something may fail before each further failure doubles the wait. */
const FREE = { account: 5, address: 30 } as const;

export interface Attempt {
  /** As it was typed, whether there is such a user or not. */
  readonly account: string;
  readonly address: string;
}

/**
 * Counts an attempt as a failure before it is made, so that many at once do not pass for one. Throws when one of its counts
 * has to wait, without anything being looked at.
 */
export async function beginAttempt(house: House, attempt: Attempt): Promise<void> {
  const waitMs = await house.database.write(LOCK, async (sql) => {
    const nowMs = house.clock.now();
    await forgetOver(sql, 'throttle', (row) => nowMs - failuresOf(row).lastMs > FORGOTTEN_MS);
    const counts = await Promise.all(countsOf(attempt).map(async (each) => count(sql, each, nowMs)));
    const wait = Math.max(...counts.map(({ untilMs }) => untilMs - nowMs));
    if (wait > 0) return wait;
    for (const each of counts) await fail(sql, each, nowMs);
    return 0;
  });
  if (waitMs <= 0) return;
  const retryAfterS = Math.ceil(waitMs / 1000);
  throw new ServiceError('admin.throttled', `wait ${retryAfterS} s and try again`, { retryAfterS });
}

/** It was right: its account begins anew, and its address is not blamed for it. */
export async function attemptSucceeded(house: House, attempt: Attempt): Promise<void> {
  await house.database.write(LOCK, async (sql) => {
    const nowMs = house.clock.now();
    const [account, address] = await Promise.all(
      countsOf(attempt).map(async (each) => (await count(sql, each, nowMs)).row),
    );
    if (account !== undefined) await deleteEntity(sql, account);
    if (address === undefined) return;
    const { failures, lastMs } = failuresOf(address);
    await touchEntity(sql, { ...address, data: { failures: Math.max(0, failures - 1), lastMs } });
  });
}

interface Count {
  readonly lookup: string;
  readonly free: number;
}

function countsOf({ account, address }: Attempt): readonly Count[] {
  return [
    { lookup: sha256Hex(`account ${account.toLowerCase()}`), free: FREE.account },
    { lookup: sha256Hex(`address ${networkOf(address)}`), free: FREE.address },
  ];
}

/** Whoever has an address of IPv6 has 2^64 of them. */
function networkOf(address: string): string {
  if (!isIPv6(address) || address.startsWith('::ffff:')) return address;
  const [head = '', tail = ''] = address.split('::');
  const [left, right] = [head, tail].map((part) => (part === '' ? [] : part.split(':')));
  const groups = [
    ...(left ?? []),
    ...Array<string>(Math.max(0, 8 - (left?.length ?? 0) - (right?.length ?? 0))).fill('0'),
  ];
  return [...groups, ...(right ?? [])].slice(0, 4).join(':');
}

async function count(
  sql: Statements,
  { lookup, free }: Count,
  nowMs: number,
): Promise<Count & { readonly row: Entity | undefined; readonly untilMs: number; readonly failures: number }> {
  const row = await lookUpEntity(sql, 'throttle', lookup);
  const { failures, lastMs } = row === undefined ? { failures: 0, lastMs: 0 } : failuresOf(row);
  if (nowMs - lastMs > FORGOTTEN_MS) return { lookup, free, row, untilMs: 0, failures: 0 };
  const over = failures - free;
  const delayMs = over < 0 ? 0 : Math.min(DELAY_MAX_MS, DELAY_MIN_MS * 2 ** Math.min(over, 20));
  return { lookup, free, row, untilMs: lastMs + delayMs, failures };
}

async function fail(
  sql: Statements,
  { row, lookup, failures }: Awaited<ReturnType<typeof count>>,
  nowMs: number,
): Promise<void> {
  const data = { failures: failures + 1, lastMs: nowMs };
  // Made anew, so that the oldest rows are those that failed the longest ago.
  if (row !== undefined) await deleteEntity(sql, row);
  await insertPrivate(sql, { kind: 'throttle', parent: '', lookup, data, nowMs });
}

function failuresOf({ data }: Entity): { readonly failures: number; readonly lastMs: number } {
  return { failures: Number(data['failures']), lastMs: Number(data['lastMs']) };
}
