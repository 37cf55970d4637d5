import type { Data } from '../json-data.ts';
import { dataOf, listOf } from '../json-data.ts';
import { ServiceError } from '../service-error.ts';
import { isTimeZone } from './zoned-time.ts';

const CONDITIONS = ['threshold', 'absence', 'change', 'forecast', 'expiry'];

/** What the schema of an alert cannot say. */
export function checkAlert({ condition, by, api, version }: Data): void {
  requireApi({ api, version });
  requireOneOf(dataOf(condition), { at: '/condition', of: CONDITIONS });
  const { threshold, forecast, expiry } = dataOf(condition);
  if (threshold !== undefined) requireOneOf(dataOf(threshold), { at: '/condition/threshold', of: ['above', 'below'] });
  if (forecast !== undefined) requireOneOf(dataOf(forecast), { at: '/condition/forecast', of: ['quota', 'budget'] });
  if (listOf(by).length > 0 && (forecast ?? expiry) !== undefined)
    throw invalid('/by', 'a forecast and an expiry have keys of their own');
}

export function checkContact(data: Data): void {
  requireOneOf(data, { at: '/', of: ['emails', 'webhook', 'slackUrl'] });
}

export function checkSilence({ until, from, weekly }: Data): void {
  const { timeZone } = dataOf(weekly);
  if (until === undefined && weekly === undefined) throw invalid('/until', 'say when it ends, or make it weekly');
  if (weekly !== undefined && !isTimeZone(String(timeZone)))
    throw invalid('/weekly/timeZone', `there is no time zone ${String(timeZone)}`);
  if (typeof from === 'string' && typeof until === 'string' && Date.parse(from) >= Date.parse(until))
    throw invalid('/until', 'it would end before it begins');
}

export function checkDigest({ timeZone }: Data): void {
  if (typeof timeZone === 'string' && !isTimeZone(timeZone))
    throw invalid('/timeZone', `there is no time zone ${timeZone}`);
}

/** Percentiles tell shares up to a thousandth. */
const LATENCY_TARGET_MAX = 99.9;

export function checkObjective({ api, version, plan, latencyMs, target }: Data): void {
  requireApi({ api, version });
  if (api === undefined && plan === undefined) throw invalid('/', 'name an api, or a plan');
  if (latencyMs !== undefined && Number(target) > LATENCY_TARGET_MAX)
    throw invalid('/target', `for latencies it is ${LATENCY_TARGET_MAX} at most`);
}

function requireApi({ api, version }: Data): void {
  if (version !== undefined && api === undefined) throw invalid('/version', 'name its api, too');
}

function requireOneOf(data: Data, { at, of }: { readonly at: string; readonly of: readonly string[] }): void {
  if (of.filter((name) => data[name] !== undefined).length !== 1)
    throw invalid(at, `say exactly one of ${of.join(', ')}`);
}

function invalid(at: string, why: string): ServiceError {
  return new ServiceError('admin.invalid', `${at} ${why}`, { errors: [{ path: at, message: why }] });
}
