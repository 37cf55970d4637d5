import { describe, expect, it } from 'vitest';
import { FAULTS } from './fault-table.ts';
import type { Fault, Outcome } from './fault.ts';
import { FaultGate, type Asking } from './fault-gate.ts';
import { FIRST_WELL, MAX_TOKENS, MICRO_USD_PER_TOKEN } from './fault-setting.ts';
import { heard } from './heard.ts';
import { WHOLE_TOKENS } from './plays.ts';

interface Cell extends Asking {
  readonly fault: Fault;
  readonly backed: boolean;
  readonly outcome: Outcome;
}

const DIALECTS = ['openai-chat', 'anthropic'] as const;

function cellsOf(fault: Fault): (readonly [string, Cell])[] {
  return [false, true].flatMap((backed) =>
    (['plain', 'streamed'] as const).flatMap((mode) => {
      const outcome = (backed ? fault.backed : fault.alone)[mode];
      if (outcome === undefined) return [];
      return DIALECTS.map((dialect): readonly [string, Cell] => [
        `${mode}, ${backed ? 'with a fallback' : 'with nobody else'}, to a caller of ${dialect}`,
        { fault, backed, dialect, streamed: mode === 'streamed', outcome },
      ]);
    }),
  );
}

/** What is paid for is what the caller has. */
function costOf(outcome: Outcome): number {
  if (outcome.ends === 'refused') return 0;
  return MICRO_USD_PER_TOKEN * (outcome.ends === 'answered' ? WHOLE_TOKENS : outcome.tokens);
}

const CODES: Readonly<Record<string, string>> = {
  timeout: 'provider.timeout',
  overloaded: 'provider.overloaded',
  rate_limit_exceeded: 'provider.overloaded',
  content_filter: 'request.body_invalid',
  context_length_exceeded: 'request.body_invalid',
};

/** What the record says of the call. */
function recordOf({ fault, backed, outcome, streamed }: Cell): object {
  const aiAttempts = backed ? fault.tries.backed : fault.tries.alone;
  const common = { aiAttempts, aiStream: streamed };
  if (outcome.ends === 'answered') {
    const measured = { aiUsageState: 'measured', aiOutputTokens: WHOLE_TOKENS };
    return { ...common, ...measured, status: 200, aiProvider: outcome.by, aiCostMicroUsd: costOf(outcome) };
  }
  if (outcome.ends === 'refused') return { ...common, code: CODES[outcome.code] ?? outcome.code };
  const estimated = { aiUsageState: 'estimated', aiOutputTokens: outcome.tokens, aiCostMicroUsd: costOf(outcome) };
  return { ...common, ...estimated, status: 200, code: 'provider.truncated', aiProvider: 'first' };
}

/** What calls have cost so far, by what one that follows is told of the budget; and who answers that one. */
async function next(gate: FaultGate, asking: Asking): Promise<{ readonly by: string; readonly spent: number }> {
  const { headers } = await gate.call(asking);
  const left = Number(/left=([\d.]+)/.exec(String(headers['x-gatehouse-budget']))?.[1]);
  const aside = MAX_TOKENS * MICRO_USD_PER_TOKEN;
  return { by: String(headers['x-gatehouse-model']), spent: Math.round((1 - left) * 1e6) - aside };
}

describe.each(FAULTS)('$name:', (fault) => {
  it.each(cellsOf(fault))('%s', async (_, cell) => {
    const { backed, outcome, dialect, streamed } = cell;
    const gate = await FaultGate.start({ ...fault.setting, play: fault.play, backed });
    const saw = await gate.call({ dialect, streamed });
    expect(heard(saw, { dialect, streamed })).toEqual({ ...outcome, waitMs: undefined });
    expect(saw.text).not.toContain('10.1.2.3');
    expect(gate.records).toHaveLength(1);
    expect(gate.records).toMatchObject([recordOf(cell)]);
    if (outcome.ends === 'answered' && outcome.waitMs !== undefined) expectWait(gate, outcome.waitMs);
    await expectAfter(gate, cell);
  });
});

/** The wheel is coarse, and the clock of the test goes in steps. */
const COARSE_MS = 350;

function expectWait({ first }: FaultGate, [least, most]: readonly [number, number]): void {
  const [before = Number.NaN, again = Number.NaN] = first.calls.map(({ atMs }) => atMs);
  expect(again - before).toBeGreaterThanOrEqual(least);
  expect(again - before).toBeLessThanOrEqual(most + COARSE_MS);
}

/** The money is where it belongs, and later calls go where they should. */
async function expectAfter(gate: FaultGate, { fault, backed, outcome }: Cell): Promise<void> {
  const { restsMs = 0 } = fault;
  const asking: Asking = { dialect: 'openai-chat', streamed: false };
  gate.first.play = FIRST_WELL;
  if (fault.play === 'refuses-connections') await gate.first.reopen();
  const { by, spent } = await next(gate, asking);
  expect(spent).toBe(costOf(outcome));
  expect(by).toBe(backed && restsMs > 0 ? 'second/x' : 'first/x');
  if (!backed || restsMs === 0) return;
  gate.clock.pass(restsMs);
  expect((await next(gate, asking)).by).toBe('first/x');
}
