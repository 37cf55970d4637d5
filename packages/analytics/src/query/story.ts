import type { ExchangeRecord } from '@gatehouse/record';

/** A part of what happened in a call, on its way from the caller and back. */
export interface StoryStep {
  readonly step: 'guard' | 'identify' | 'admit' | 'shape' | 'connect' | 'first byte' | 'body' | 'answer';
  /** Since the call began. */
  readonly fromMs: number;
  readonly tookMs: number;
  /** What came of it, for people. */
  readonly detail?: string;
}

/** The call as a course of steps: how long each took, and what decided there. */
export function storyOf(record: ExchangeRecord): readonly StoryStep[] {
  const { gatewayMs, durationMs, connectMs = 0, firstByteMs, bodyMs } = record;
  const steps = ownSteps(record);
  if (firstByteMs === undefined) {
    const detail = told([record.code, record.upstreamTries, `${record.status}`]);
    return [...steps, { step: 'answer', fromMs: gatewayMs, tookMs: Math.max(0, durationMs - gatewayMs), detail }];
  }
  const where = told([record.upstream, record.upstreamReason, record.upstreamTries, modelOf(record)]);
  return [
    ...steps,
    { step: 'connect', fromMs: gatewayMs, tookMs: connectMs, detail: where },
    { step: 'first byte', fromMs: gatewayMs + connectMs, tookMs: Math.max(0, firstByteMs - connectMs) },
    {
      step: 'body',
      fromMs: gatewayMs + firstByteMs,
      tookMs: bodyMs ?? 0,
      detail: told([`${record.status}`, record.code, record.aiFinishReason, record.aiLoss]),
    },
  ];
}

/** What took no measurable time is told of only where something was decided. */
function ownSteps(record: ExchangeRecord): readonly StoryStep[] {
  const { guardMs = 0, identifyMs = 0, admitMs = 0, shapeMs = 0, application, credential, plan, limit } = record;
  const who = application === undefined ? undefined : told([application, credential, plan]);
  const details = {
    guard: record.waits,
    identify: who,
    admit: limit,
    shape: told([record.policies, record.aiGuards, record.cacheStatus]),
  };
  let fromMs = 0;
  return (
    [
      ['guard', guardMs],
      ['identify', identifyMs],
      ['admit', admitMs],
      ['shape', shapeMs],
    ] as const
  ).flatMap(([step, tookMs]) => {
    const detail = details[step];
    const from = fromMs;
    fromMs += tookMs;
    if (tookMs === 0 && (detail ?? '') === '') return [];
    return [{ step, fromMs: from, tookMs, ...(detail !== undefined && detail !== '' && { detail }) }];
  });
}

function modelOf({ aiProvider, aiModel, aiAttempts = 1 }: ExchangeRecord): string | undefined {
  if (aiModel === undefined) return undefined;
  return `${aiProvider ?? ''}/${aiModel}${aiAttempts > 1 ? `, try ${aiAttempts}` : ''}`;
}

const told = (parts: readonly (string | undefined)[]): string =>
  parts.filter((part) => part !== undefined && part !== '').join('; ');
