import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Static } from 'typebox';
import { silenceSchema } from '../kinds/alert-kinds.ts';
import type { Labels } from './reading.ts';
import { writtenOf } from './rule.ts';
import { momentOf, plainMs, wallTimeOf } from './zoned-time.ts';

export type Silence = Static<typeof silenceSchema> & { readonly name: string };

const SILENCES_MAX = 10_000;
const DAY_MS = 86_400_000;
/** As `getUTCDay` counts them. */
const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;

/** Those that hold at a moment. */
export async function silencesAt(sql: Statements, workspace: string, nowMs: number): Promise<readonly Silence[]> {
  const all = await listEntities(sql, { workspace, kind: 'silence', limit: SILENCES_MAX });
  return all.map(silenceOf).filter((silence) => holds(silence, nowMs));
}

function silenceOf(entity: Entity): Silence {
  return { ...writtenOf(silenceSchema, entity), name: entity.name };
}

export function holds({ from, until, weekly }: Silence, nowMs: number): boolean {
  if (from !== undefined && nowMs < Date.parse(from)) return false;
  if (until !== undefined && nowMs >= Date.parse(until)) return false;
  return weekly === undefined || isInWindow(weekly, nowMs);
}

/** One of today, or of the day before that goes on past midnight. */
function isInWindow({ days, at, minutes, timeZone }: NonNullable<Silence['weekly']>, nowMs: number): boolean {
  const [hour = 0, minute = 0] = at.split(':').map(Number);
  const today = plainMs({ ...wallTimeOf(nowMs, timeZone), hour, minute });
  return [today, today - DAY_MS].some((plain) => {
    const day = new Date(plain);
    const weekday = WEEKDAYS[day.getUTCDay()];
    if (weekday === undefined || !days.includes(weekday)) return false;
    const wall = { year: day.getUTCFullYear(), month: day.getUTCMonth() + 1, day: day.getUTCDate(), hour, minute };
    const beginMs = momentOf(wall, timeZone);
    return beginMs <= nowMs && nowMs < beginMs + minutes * 60_000;
  });
}

/** The first that is about this key of this rule. */
export function silenceFor(
  silences: readonly Silence[],
  { rule, labels }: { readonly rule: string; readonly labels: Labels },
): string | undefined {
  return silences.find(
    ({ rules, labels: wanted = {} }) =>
      (rules === undefined || rules.includes(rule)) &&
      Object.entries(wanted).every(([name, value]) => Object.hasOwn(labels, name) && labels[name] === value),
  )?.name;
}
