import { readAbsence } from './conditions/absence.ts';
import { readChange } from './conditions/change.ts';
import { readExpiry } from './conditions/expiry.ts';
import { readForecast } from './conditions/forecast.ts';
import type { Look } from './conditions/look.ts';
import { readThreshold } from './conditions/threshold.ts';
import type { Readings } from './reading.ts';
import type { AlertRule } from './rule.ts';

/** What a rule finds now. Throws where it cannot be known. */
export async function readRule(look: Look): Promise<Readings> {
  const { threshold, absence, change, forecast, expiry } = look.rule.condition;
  if (threshold !== undefined) return readThreshold(look, threshold);
  if (absence !== undefined) return readAbsence(look, absence);
  if (change !== undefined) return readChange(look, change);
  if (forecast !== undefined) return readForecast(look, forecast);
  if (expiry !== undefined) return readExpiry(look, expiry);
  throw new Error('it has no condition');
}

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** How often it is worth a look: ends come by the day. */
export function everyMs({ condition }: AlertRule): number {
  return condition.expiry === undefined ? MINUTE_MS : HOUR_MS;
}
