/** What single calls do not show: faults that go on, and what calls beside them get. */
import { describe, expect, it } from 'vitest';
import { FaultGate, type Asking } from './fault-gate.ts';
import { FIRST_WELL, FIRST_WORD, MAX_TOKENS, MICRO_USD_PER_TOKEN } from './fault-setting.ts';
import { FAULTS } from './fault-table.ts';
import { heard } from './heard.ts';
import {
  answersAfter,
  isCutBehindACount,
  isCutInTheMiddle,
  PART_TOKENS,
  refuses,
  refusesKey,
  sendsAFrame,
  stallsInTheMiddle,
  WHOLE_TOKENS,
  type Play,
} from './plays.ts';

const ASKING: readonly Asking[] = [
  { dialect: 'openai-chat', streamed: false },
  { dialect: 'anthropic', streamed: true },
];

/** Who answers each of so many calls, one of them in so many ms. */
async function traffic(gate: FaultGate, calls: number, everyMs: number): Promise<string[]> {
  const by: string[] = [];
  for (let i = 0; i < calls; i++) {
    const asking = ASKING[i % ASKING.length] ?? { dialect: 'openai-chat', streamed: false };
    const outcome = heard(await gate.call(asking), asking);
    by.push(outcome.ends === 'answered' ? outcome.by : outcome.ends);
    gate.clock.pass(everyMs);
  }
  return by;
}

describe('one key of three dead', () => {
  const keys = ['one', 'two', 'three'].map((name) => `{ name: ${name}, key: key-${name} }`);

  it('costs no call its answer, and is asked once a minute and then less', async () => {
    const play = refusesKey('key-two', FIRST_WELL);
    const gate = await FaultGate.start({ play, backed: false, first: `apiKeys: [ ${keys.join(', ')} ]` });
    expect(new Set(await traffic(gate, 300, 1000))).toEqual(new Set(['first']));
    const asked = gate.first.calls.filter(({ key }) => key === 'key-two');
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.length).toBeLessThanOrEqual(4);
  });
});

describe('a vendor that is down for a minute', () => {
  it('costs no call its answer, and is back within twice the time', async () => {
    const gate = await FaultGate.start({ play: 'refuses-connections', backed: true });
    const down = await traffic(gate, 60, 1000);
    await gate.first.reopen();
    const after = await traffic(gate, 60, 1000);
    expect(new Set(down)).toEqual(new Set(['second']));
    expect(new Set(after)).toEqual(new Set(['second', 'first']));
    expect(after.lastIndexOf('second')).toBeLessThan(after.indexOf('first'));
    const tries = gate.records.slice(0, 60).map((record) => attemptsIn(record));
    // Most calls go to the fallback at once: a target that rests is asked by one call now and then.
    expect(tries.filter((count) => count === 2).length).toBeLessThan(12);
  });

  it('is asked by all when there is nobody else, and not much more than once a call', async () => {
    const gate = await FaultGate.start({ play: refuses({ status: 500 }), backed: false });
    expect(new Set(await traffic(gate, 100, 600))).toEqual(new Set(['refused']));
    expect(gate.first.calls.length).toBeGreaterThanOrEqual(100);
    expect(gate.first.calls.length).toBeLessThanOrEqual(100 * 1.2 + 10);
    gate.first.play = FIRST_WELL;
    expect(await traffic(gate, 1, 0)).toEqual(['first']);
  });
});

describe('a slow vendor', () => {
  it('is left where the time to the first token decides', async () => {
    const slow = answersAfter(8000, FIRST_WORD);
    const gate = await FaultGate.start({ play: slow, backed: true, beside: true, model: 'balance: latency' });
    const by = await traffic(gate, 60, 1000);
    expect(by.filter((name) => name === 'first').length).toBeLessThan(12);
    expect(by.filter((name) => name === 'second').length).toBeGreaterThan(48);
  });
});

describe('a budget that is spent while an answer is under way', () => {
  const aside = MAX_TOKENS * MICRO_USD_PER_TOKEN;
  const fault = FAULTS.find(({ name }) => name === 'budget spent in the middle');

  it.each(ASKING)('lets that answer end, $dialect, and refuses what finds no room', async (asking) => {
    const gate = await FaultGate.start({ play: playOf(fault?.play), backed: true, budgetUsd: (1.5 * aside) / 1e6 });
    const underWay = gate.ask(asking);
    await gate.clock.still();
    expect(gate.first.calls).toHaveLength(1);
    const beside = await gate.call({ dialect: 'openai-chat', streamed: true });
    expect(heard(beside, { dialect: 'openai-chat', streamed: true })).toMatchObject({
      ends: 'refused',
      status: 429,
      code: 'insufficient_quota',
    });
    expect(heard(await gate.clock.until(underWay), asking)).toEqual(fault?.backed.plain);
    expect(await traffic(gate, 1, 0)).toEqual(['first']);
    expect(gate.first.calls).toHaveLength(2);
    expect(gate.second.calls).toHaveLength(0);
    const settled = WHOLE_TOKENS * MICRO_USD_PER_TOKEN;
    expect(gate.records).toMatchObject([
      { code: 'limit.budget', status: 429 },
      { status: 200, aiCostMicroUsd: settled },
      { status: 200, aiCostMicroUsd: settled },
    ]);
  });

  it('does not hide what a vendor has sent beyond what it was asked for', async () => {
    const maxTokens = 3;
    const gate = await FaultGate.start({ play: FIRST_WELL, backed: false, budgetUsd: 40 / 1e6 });
    const asking: Asking = { dialect: 'openai-chat', streamed: true, maxTokens };
    const codes = [await gate.call(asking), await gate.call(asking)].map(({ status }) => status);
    expect(codes).toEqual([200, 429]);
    expect(gate.records).toMatchObject([{ aiCostMicroUsd: 60 }, { code: 'limit.budget' }]);
  });
});

describe('a vendor of whom a caller of another dialect hears', () => {
  it('is not believed to have told all when one of his frames cannot be read', async () => {
    const gate = await FaultGate.start({ play: sendsAFrame(FIRST_WORD, '{not JSON}'), backed: false });
    const asking: Asking = { dialect: 'anthropic', streamed: true };
    expect(heard(await gate.call(asking), asking)).toMatchObject({ ends: 'refused', status: 502 });
  });

  it('may send what is no frame at all', async () => {
    const gate = await FaultGate.start({ play: sendsAFrame(FIRST_WORD, 'heartbeat'), backed: false });
    const asking: Asking = { dialect: 'anthropic', streamed: true };
    expect(heard(await gate.call(asking), asking)).toMatchObject({ ends: 'answered', by: 'first' });
  });
});

describe('the time that a call may take', () => {
  it.each(ASKING)('is up in the middle of an answer with an error, $dialect', async (asking) => {
    const play = stallsInTheMiddle(FIRST_WORD);
    const gate = await FaultGate.start({ play, backed: true, model: 'timeouts: { total: 3s }' });
    const outcome = heard(await gate.call(asking), asking);
    if (asking.streamed) expect(outcome).toEqual({ ends: 'broken', code: 'timeout', tokens: PART_TOKENS });
    else expect(outcome).toEqual({ ends: 'refused', status: 504, code: 'timeout' });
    expect(gate.records).toMatchObject([{ code: 'provider.timeout' }]);
  });
});

describe('what a broken stream has cost', () => {
  it('holds the prompt, though nobody counted it and no budget asked', async () => {
    const gate = await FaultGate.start({ play: isCutInTheMiddle(FIRST_WORD), backed: false, budgets: false });
    await gate.call({ dialect: 'openai-chat', streamed: true });
    expect(gate.records).toMatchObject([{ aiUsageState: 'estimated', aiInputTokens: expect.any(Number) }]);
    expect(JSON.stringify(gate.records)).not.toContain('"aiInputTokens":0');
  });

  it('is what was delivered where the vendor has counted at the start only', async () => {
    const gate = await FaultGate.start({ play: isCutBehindACount(FIRST_WORD), backed: false, firstKind: 'anthropic' });
    const asking: Asking = { dialect: 'anthropic', streamed: true };
    expect(heard(await gate.call(asking), asking)).toMatchObject({ ends: 'broken', tokens: PART_TOKENS });
    const cost = PART_TOKENS * MICRO_USD_PER_TOKEN;
    expect(gate.records).toMatchObject([{ aiUsageState: 'partial', aiInputTokens: 7, aiCostMicroUsd: cost }]);
  });
});

function playOf(play: Play | 'refuses-connections' | undefined): Play {
  if (typeof play !== 'function') throw new TypeError('the table has no such play');
  return play;
}

function attemptsIn(record: unknown): unknown {
  return typeof record === 'object' && record !== null && 'aiAttempts' in record ? record.aiAttempts : undefined;
}
