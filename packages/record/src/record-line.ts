import { item } from '@gatehouse/kernel';
import type { ExchangeRecord, GapRecord } from './exchange-record.ts';
import { jsonText } from './json-text.ts';
import { callerPart, routePart } from './repeated-parts.ts';

export type AiFields = Pick<ExchangeRecord, Extract<keyof ExchangeRecord, `ai${string}`>>;

/**
 * One record as one line of JSON with its newline: pure ASCII, so that it may be encoded as latin1. Runs once per
 * exchange on the data plane. `JSON.stringify` was measured at a third more, and it leaves the line neither ASCII nor
 * its durations rounded. A number that JSON cannot hold is written as 0. What is known of a model call may stand in an
 * object of its own, which costs less than one object of all fields.
 */
export function recordLine(record: ExchangeRecord, ai: AiFields = record): string {
  const { connectMs, firstByteMs, bodyMs, attempts } = record;
  return (
    `{"id":"${jsonText(record.id)}","time":${timeText(record.time)},"worker":${record.worker}${routePart(record)}` +
    `,"method":"${jsonText(record.method)}","path":"${jsonText(record.path)}","host":"${jsonText(record.host)}"` +
    `,"status":${count(record.status)}${optionalText(',"code":"', record.code)}${callerPart(record)}` +
    `,"clientIp":"${jsonText(record.clientIp)}"${optionalText(',"userAgent":"', record.userAgent)}` +
    `,"bytesIn":${count(record.bytesIn)},"bytesOut":${count(record.bytesOut)}` +
    `,"durationMs":${duration(record.durationMs)},"gatewayMs":${duration(record.gatewayMs)}` +
    partsPart(record) +
    (connectMs === undefined ? '' : `,"connectMs":${duration(connectMs)}`) +
    (firstByteMs === undefined ? '' : `,"firstByteMs":${duration(firstByteMs)}`) +
    (bodyMs === undefined ? '' : `,"bodyMs":${duration(bodyMs)}`) +
    optionalText(',"upstream":"', record.upstream) +
    optionalText(',"upstreamReason":"', record.upstreamReason) +
    optionalText(',"upstreamTries":"', record.upstreamTries) +
    (attempts === undefined ? '' : `,"attempts":${count(attempts)}`) +
    optionalText(',"cacheStatus":"', record.cacheStatus) +
    optionalText(',"limit":"', record.limit) +
    optionalText(',"policies":"', record.policies) +
    `${tracePart(record)}${aiPart(ai)}}\n`
  );
}

/** Most parts take less than a microsecond on most routes, and are left out. */
function partsPart({ guardMs, identifyMs, admitMs, shapeMs, waits }: ExchangeRecord): string {
  return (
    part(',"guardMs":', guardMs) +
    part(',"identifyMs":', identifyMs) +
    part(',"admitMs":', admitMs) +
    part(',"shapeMs":', shapeMs) +
    optionalText(',"waits":"', waits)
  );
}

function part(opening: string, ms: number | undefined): string {
  return ms === undefined || ms < LEAST_MS ? '' : opening + duration(ms);
}

const LEAST_MS = 0.000_5;

export function gapLine(gap: GapRecord): string {
  return `{"gap":true,"lost":${count(gap.lost)},"from":${count(gap.from)},"to":${count(gap.to)},"worker":${count(gap.worker)}}\n`;
}

function tracePart({ traceId, spanId, parentSpanId, traceSampled }: ExchangeRecord): string {
  return (
    optionalText(',"traceId":"', traceId) +
    optionalText(',"spanId":"', spanId) +
    optionalText(',"parentSpanId":"', parentSpanId) +
    (traceSampled === undefined ? '' : `,"traceSampled":${traceSampled}`)
  );
}

function aiPart(record: AiFields): string {
  const { aiStream, aiFirstTokenMs } = record;
  return (
    optionalText(',"aiDialect":"', record.aiDialect) +
    optionalText(',"aiModelAsked":"', record.aiModelAsked) +
    optionalText(',"aiPrompt":"', record.aiPrompt) +
    optionalText(',"aiPromptVersion":"', record.aiPromptVersion) +
    optionalText(',"aiProvider":"', record.aiProvider) +
    optionalText(',"aiModel":"', record.aiModel) +
    optionalCount(',"aiAttempts":', record.aiAttempts) +
    (aiStream === undefined ? '' : `,"aiStream":${aiStream}`) +
    (aiFirstTokenMs === undefined ? '' : `,"aiFirstTokenMs":${duration(aiFirstTokenMs)}`) +
    optionalCount(',"aiInputTokens":', record.aiInputTokens) +
    optionalCount(',"aiCachedTokens":', record.aiCachedTokens) +
    optionalCount(',"aiOutputTokens":', record.aiOutputTokens) +
    optionalCount(',"aiReasoningTokens":', record.aiReasoningTokens) +
    optionalCount(',"aiCostMicroUsd":', record.aiCostMicroUsd) +
    optionalText(',"aiCostElsewhere":"', record.aiCostElsewhere) +
    optionalText(',"aiPriceVersion":"', record.aiPriceVersion) +
    optionalText(',"aiLoss":"', record.aiLoss) +
    optionalText(',"aiGuards":"', record.aiGuards) +
    optionalText(',"aiFinishReason":"', record.aiFinishReason) +
    optionalText(',"aiUsageState":"', record.aiUsageState)
  );
}

function optionalText(opening: string, value: string | undefined): string {
  return value === undefined ? '' : `${opening}${jsonText(value)}"`;
}

function optionalCount(opening: string, value: number | undefined): string {
  return value === undefined ? '' : opening + count(value);
}

function count(value: number): string {
  return Number.isFinite(value) ? `${value}` : '0';
}

/** `.001` to `.999` without trailing zeros: printing a double takes ten times as long as printing two integers. */
const FRACTIONS: readonly string[] = Array.from({ length: 1000 }, (_, i) => `${i / 1000}`.slice(1));
const DIGITS_MAX = 1e12;

function duration(ms: number): string {
  const micros = Math.round(ms * 1000);
  if (!(micros >= 0 && micros < DIGITS_MAX)) return count(micros / 1000);
  const whole = Math.floor(micros / 1000);
  return whole + item(FRACTIONS, micros - whole * 1000);
}

let lastTime = -1;
let lastTimeText = '';

/** Exchanges of one millisecond share the text. */
function timeText(time: number): string {
  if (time !== lastTime) {
    lastTime = time;
    lastTimeText = count(time);
  }
  return lastTimeText;
}
