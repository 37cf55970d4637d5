import { describe, expect, it } from 'vitest';
import type { ChatRequest, ReasoningWish } from '../../canonical/chat-request.ts';
import { called, foreign, target, written } from './__fixtures__/contexts.ts';

interface Row {
  readonly says: string;
  readonly model: string;
  readonly wish: ReasoningWish;
  readonly limit?: number;
  readonly thinking?: object;
  readonly effort?: string;
  readonly maxTokens?: number;
  readonly losses?: readonly string[];
}

const OPUS = 'claude-opus-4-8';
const ALWAYS = 'claude-opus-5-5';
const OLD = 'claude-sonnet-4-5';

const ROWS: readonly Row[] = [
  {
    says: 'an effort is adaptive thinking',
    model: OPUS,
    wish: { mode: 'effort', effort: 'high' },
    thinking: { type: 'adaptive' },
    effort: 'high',
  },
  {
    says: 'minimal is low',
    model: OPUS,
    wish: { mode: 'effort', effort: 'minimal' },
    thinking: { type: 'adaptive' },
    effort: 'low',
  },
  {
    says: 'an effort that is unknown is the next',
    model: 'claude-opus-4-6',
    wish: { mode: 'effort', effort: 'xhigh' },
    thinking: { type: 'adaptive' },
    effort: 'max',
    losses: ['clamped:reasoning'],
  },
  {
    says: 'auto is adaptive',
    model: OPUS,
    wish: { mode: 'auto', expose: 'summary' },
    thinking: { type: 'adaptive', display: 'summarized' },
  },
  {
    says: 'what is not to be shown is omitted',
    model: OPUS,
    wish: { mode: 'auto', expose: 'none' },
    thinking: { type: 'adaptive', display: 'omitted' },
  },
  { says: 'none forbids', model: OPUS, wish: { mode: 'effort', effort: 'none' }, thinking: { type: 'disabled' } },
  {
    says: 'a budget of nothing forbids',
    model: OPUS,
    wish: { mode: 'budget', budgetTokens: 0 },
    thinking: { type: 'disabled' },
  },
  {
    says: 'what cannot be forbidden is kept low',
    model: ALWAYS,
    wish: { mode: 'off' },
    effort: 'low',
    losses: ['clamped:reasoning'],
  },
  {
    says: 'what can be forbidden in part is',
    model: 'claude-sonnet-5-5',
    wish: { mode: 'off' },
    thinking: { type: 'between_tools' },
    losses: ['clamped:reasoning'],
  },
  {
    says: 'forbidding excludes a high effort',
    model: 'claude-haiku-5-5',
    wish: { mode: 'off', effort: 'max' },
    thinking: { type: 'disabled' },
    effort: 'high',
    losses: ['clamped:reasoning'],
  },
  { says: 'a model that does not think needs no word', model: 'claude-3-haiku-20240307', wish: { mode: 'off' } },
  {
    says: 'a model that does not think loses the wish',
    model: 'claude-3-haiku-20240307',
    wish: { mode: 'auto' },
    losses: ['dropped:reasoning'],
  },
  {
    says: 'a budget stays one where it may',
    model: 'claude-opus-4-6',
    wish: { mode: 'budget', budgetTokens: 5000 },
    limit: 9000,
    thinking: { type: 'enabled', budget_tokens: 5000 },
    maxTokens: 9000,
  },
  {
    says: 'a budget becomes an effort where it may not',
    model: OPUS,
    wish: { mode: 'budget', budgetTokens: 5000 },
    thinking: { type: 'adaptive' },
    effort: 'medium',
    losses: ['emulated:reasoning'],
  },
  {
    says: 'an effort becomes a budget on old models',
    model: OLD,
    wish: { mode: 'effort', effort: 'medium' },
    limit: 20_000,
    thinking: { type: 'enabled', budget_tokens: 8192 },
    maxTokens: 20_000,
  },
  {
    says: 'the limit grows by the budget',
    model: OLD,
    wish: { mode: 'effort', effort: 'high' },
    limit: 4096,
    thinking: { type: 'enabled', budget_tokens: 16_384 },
    maxTokens: 20_480,
    losses: ['clamped:max_tokens'],
  },
  {
    says: 'the limit grows as far as the model goes',
    model: OLD,
    wish: { mode: 'budget', budgetTokens: 70_000 },
    limit: 60_000,
    thinking: { type: 'enabled', budget_tokens: 62_976 },
    maxTokens: 64_000,
    losses: ['clamped:max_tokens', 'clamped:reasoning'],
  },
  {
    says: 'the smallest budget is 1024',
    model: OLD,
    wish: { mode: 'budget', budgetTokens: 5 },
    limit: 2000,
    thinking: { type: 'enabled', budget_tokens: 1024 },
    maxTokens: 2000,
  },
  {
    says: 'whoever leaves it to an old model gets a middling budget',
    model: OLD,
    wish: { mode: 'auto' },
    limit: 20_000,
    thinking: { type: 'enabled', budget_tokens: 8192 },
    losses: ['emulated:reasoning'],
  },
  {
    says: 'a call that only warms the cache does not think',
    model: OLD,
    wish: { mode: 'effort', effort: 'low' },
    limit: 0,
    maxTokens: 0,
    losses: ['dropped:reasoning'],
  },
];

describe('the plan of thinking', () => {
  it.each(ROWS)('knows that $says', ({ model, wish, limit, thinking, effort, maxTokens, losses }) => {
    const request = foreign({ reasoning: wish, ...(limit !== undefined && { maxOutputTokens: limit }) });
    const { body, losses: lost } = written(request, target(model));
    expect(body['thinking']).toEqual(thinking);
    expect(body['output_config']).toEqual(effort === undefined ? undefined : { effort });
    if (maxTokens !== undefined) expect(body['max_tokens']).toBe(maxTokens);
    expect(lost).toEqual(losses ?? []);
  });

  it.each([
    { thinking: { type: 'adaptive', display: 'omitted' }, output_config: { effort: 'max' } },
    { thinking: { type: 'adaptive' } },
    { output_config: { effort: 'low' } },
    { thinking: { type: 'disabled' }, output_config: { effort: 'medium' } },
  ])('gives a caller of this dialect its own words back: %j', (members) => {
    const { body, losses } = written(called(members));
    expect(body).toMatchObject(members);
    expect(Object.keys(body)).toEqual(expect.arrayContaining(Object.keys(members)));
    expect('thinking' in body).toBe('thinking' in members);
    expect(losses).toEqual([]);
  });

  it('keeps a budget, and thinking between tools, for the models that have them', () => {
    const enabled = { thinking: { type: 'enabled', budget_tokens: 2000 }, max_tokens: 4000 };
    expect(written(called(enabled), target('claude-opus-4-6'))).toMatchObject({ body: enabled, losses: [] });
    const between = { thinking: { type: 'between_tools' } };
    expect(written(called(between), target('claude-sonnet-5-5'))).toMatchObject({ body: between, losses: [] });
    expect(written(called(between), target(OPUS))).toMatchObject({
      body: { thinking: { type: 'disabled' } },
      losses: ['clamped:reasoning'],
    });
  });

  it('never makes thinking of an effort alone', () => {
    const alone = called({ output_config: { effort: 'high' } });
    expect(written(alone, target(OLD))).toMatchObject({ losses: ['dropped:reasoning'] });
    expect('thinking' in written(alone, target(OLD)).body).toBe(false);
  });

  const loop = (signature: 'anthropic' | 'gemini'): ChatRequest => {
    return foreign({
      reasoning: { mode: 'effort', effort: 'low' },
      maxOutputTokens: 9000,
      tools: [{ kind: 'function', name: 'x' }],
      turns: [
        { role: 'user', blocks: [{ type: 'text', text: 'Go' }] },
        {
          role: 'assistant',
          blocks: [
            { type: 'reasoning', text: 'Hm', signature: { value: 's', dialect: signature } },
            { type: 'tool_call', id: 'a', name: 'x', input: '{}' },
          ],
        },
        { role: 'user', blocks: [{ type: 'tool_result', callId: 'a', content: [] }] },
      ],
    });
  };

  it('thinks in the middle of calling tools only with the thinking that began it, where there is a budget', () => {
    expect(written(loop('anthropic'), target(OLD)).body['thinking']).toMatchObject({ type: 'enabled' });
    expect(written(loop('gemini'), target(OLD))).toMatchObject({ losses: ['dropped:reasoning'] });
    expect(written(loop('gemini'), target(OLD)).body['thinking']).toBeUndefined();
    expect(written(loop('gemini'), target(OPUS)).body['thinking']).toEqual({ type: 'adaptive' });
  });
});
