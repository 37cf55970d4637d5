import type { GuardFinding } from '@gatehouse/ai';
import type { ForwardOutcome } from '@gatehouse/http';
import { ERRORS } from '@gatehouse/kernel';
import { recordLine, type AiFields, type ExchangeRecord } from '@gatehouse/record';
import type { AiFacts } from './ai/ai-facts.ts';
import type { GateExchange } from './exchange.ts';

export interface LineFacts {
  readonly worker: number;
  /** Monotonic. */
  readonly nowMs: number;
  /** Of a model call. */
  readonly ai: AiFacts | undefined;
}

/** What is known of an exchange whose worker is lost. */
export const LOST: ForwardOutcome = {
  status: ERRORS['gateway.worker_lost'].status,
  code: 'gateway.worker_lost',
  bytesIn: 0,
  bytesOut: 0,
  attempts: 0,
  times: { begunMs: 0, connectedMs: 0, firstByteMs: 0 },
};

/** The record of an exchange if its worker were lost now. */
export function lostLine(exchange: GateExchange, facts: LineFacts): string {
  return exchangeLine(exchange, { ...LOST, attempts: facts.ai?.attempts ?? 0 }, facts);
}

/** The record of an exchange that has ended, as the line that is spooled. */
export function exchangeLine(exchange: GateExchange, outcome: ForwardOutcome, facts: LineFacts): string {
  const { begunMs, connectedMs, firstByteMs } = outcome.times;
  const { principal, routeSpec, notes, trace, began, startedMs } = exchange;
  const endMs = begunMs === 0 ? facts.nowMs : begunMs;
  // A part that never began takes nothing, and the one before it goes on to the next that did.
  const shapeAt = began.shape === 0 ? endMs : began.shape;
  const admitAt = began.admit === 0 ? shapeAt : began.admit;
  const identifyAt = began.identify === 0 ? admitAt : began.identify;
  const record: ExchangeRecord = {
    id: exchange.id,
    time: exchange.startedAt,
    worker: facts.worker,
    config: exchange.snapshot.version,
    api: routeSpec?.api,
    version: routeSpec?.version,
    route: routeSpec?.id,
    method: exchange.method,
    path: exchange.path,
    host: exchange.host,
    status: outcome.status,
    code: outcome.code,
    application: principal?.application,
    credential: principal?.credential,
    owner: principal?.owner,
    subscription: principal?.subscription,
    plan: principal?.plan,
    team: principal?.team,
    clientIp: exchange.clientIp,
    userAgent: exchange.userAgent,
    bytesIn: outcome.bytesIn,
    bytesOut: outcome.bytesOut,
    durationMs: facts.nowMs - startedMs,
    gatewayMs: endMs - startedMs,
    guardMs: identifyAt - startedMs,
    identifyMs: admitAt - identifyAt,
    admitMs: shapeAt - admitAt,
    shapeMs: endMs - shapeAt,
    waits: notes.waits && waitsText(notes.waits),
    connectMs: connectedMs === 0 ? undefined : connectedMs - begunMs,
    firstByteMs: firstByteMs === 0 ? undefined : firstByteMs - begunMs,
    bodyMs: firstByteMs === 0 ? undefined : facts.nowMs - firstByteMs,
    upstream: exchange.legs?.endpointId,
    upstreamReason: exchange.legs?.reason,
    upstreamTries: exchange.legs?.tries,
    attempts: outcome.attempts === 0 ? undefined : outcome.attempts,
    cacheStatus: notes.cacheStatus,
    limit: notes.limit,
    policies: notes.policies && policiesText(notes.policies),
    traceId: trace.traceId,
    spanId: trace.spanId,
    parentSpanId: trace.parentSpanId,
    traceSampled: trace.sampled ? true : undefined,
  };
  return recordLine(record, facts.ai && aiFields(facts.ai));
}

function waitsText(waits: Readonly<Record<string, number>>): string {
  return Object.entries(waits)
    .map(([name, ms]) => `${name}: ${ms.toFixed(1)} ms`)
    .join(', ');
}

function policiesText(notes: Readonly<Record<string, string>>): string {
  return Object.entries(notes)
    .map(([name, note]) => `${name}: ${note}`)
    .join(', ');
}

function aiFields(facts: AiFacts): AiFields {
  const { usage } = facts;
  return {
    aiDialect: facts.dialect === '' ? undefined : facts.dialect,
    aiModelAsked: facts.modelAsked,
    aiPrompt: facts.prompt?.name,
    aiPromptVersion: facts.prompt?.version,
    aiProvider: facts.provider,
    aiModel: facts.model,
    aiAttempts: facts.attempts,
    aiStream: facts.stream,
    aiFirstTokenMs: facts.firstTokenMs,
    aiFinishReason: facts.finishReason,
    aiCostMicroUsd: facts.costMicroUsd,
    aiCostElsewhere: facts.costElsewhere,
    aiPriceVersion: facts.priceVersion,
    aiLoss: facts.losses.length === 0 ? undefined : facts.losses.join(', '),
    aiGuards: guardsText(facts.guards),
    aiInputTokens:
      usage === undefined ? undefined : usage.inputUncached + (usage.cacheRead ?? 0) + (usage.cacheWrite ?? 0),
    aiCachedTokens: usage?.cacheRead,
    aiOutputTokens: usage === undefined ? undefined : usage.outputText + (usage.reasoning ?? 0),
    aiReasoningTokens: usage?.reasoning,
    aiUsageState: facts.usageState === 'missing' ? undefined : facts.usageState,
  };
}

/** Of each finding `guard:side:what was found:how often:what was done`, as `no-cards:request:card:2:mask`. */
function guardsText(findings: readonly GuardFinding[] = []): string | undefined {
  if (findings.length === 0) return undefined;
  return findings
    .map(({ guard, on, kind, count, action, shadow }) =>
      [guard, on, kind, count, shadow ? `shadow-${action}` : action].join(':'),
    )
    .join(', ');
}
