import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { CLAUDE, target, write } from './__fixtures__/calls.ts';
import { assistant, call, find, NOVA, result, text, user } from './__fixtures__/turns.ts';

describe('reasoning', () => {
  const fieldsFor = (said: Partial<ChatRequest>, model: string): unknown => {
    const { body, losses } = write(said, target(model));
    const { additionalModelRequestFields: fields, outputConfig, inferenceConfig } = body;
    return { fields, outputConfig, inferenceConfig, losses };
  };

  it.each<[string, string, Partial<ChatRequest>, object]>([
    [
      'an effort of Claude 4.5 is a budget',
      CLAUDE,
      { reasoning: { mode: 'effort', effort: 'medium' }, maxOutputTokens: 1000 },
      { fields: { thinking: { type: 'enabled', budget_tokens: 8192 } }, inferenceConfig: { maxTokens: 9192 } },
    ],
    [
      'a budget needs room',
      CLAUDE,
      { reasoning: { mode: 'budget', budgetTokens: 60_000 }, maxOutputTokens: 8000 },
      { fields: { thinking: { budget_tokens: 60_000 } }, inferenceConfig: { maxTokens: 64_000 } },
    ],
    [
      'a small budget is raised',
      CLAUDE,
      { reasoning: { mode: 'budget', budgetTokens: 10 } },
      { fields: { thinking: { budget_tokens: 1024 } }, losses: ['clamped:reasoning'] },
    ],
    [
      'thinking goes without sampling',
      CLAUDE,
      { reasoning: { mode: 'auto' }, sampling: { temperature: 1, topK: 5 } },
      {
        fields: { thinking: { type: 'enabled', budget_tokens: 8192 } },
        losses: ['dropped:temperature', 'dropped:top_k'],
      },
    ],
    [
      'an effort of a new Claude is said',
      'anthropic.claude-opus-4-8',
      { reasoning: { mode: 'effort', effort: 'high', expose: 'summary' } },
      {
        fields: { thinking: { type: 'adaptive', display: 'summarized' } },
        outputConfig: { effort: 'high' },
        losses: [],
      },
    ],
    [
      'a budget of a new Claude is an effort',
      'anthropic.claude-opus-4-8',
      { reasoning: { mode: 'budget', budgetTokens: 4000 } },
      { outputConfig: { effort: 'medium' } },
    ],
    [
      'it can be forbidden',
      'anthropic.claude-opus-4-6-v1',
      { reasoning: { mode: 'off' } },
      { fields: { thinking: { type: 'disabled' } }, losses: [] },
    ],
    [
      'where it cannot be forbidden, it is low',
      'anthropic.claude-opus-5-5',
      { reasoning: { mode: 'off' } },
      { outputConfig: { effort: 'low' }, losses: ['clamped:reasoning'] },
    ],
    [
      'old Claude does not think',
      'anthropic.claude-3-haiku-20240307-v1:0',
      { reasoning: { mode: 'auto' } },
      { fields: undefined, losses: ['dropped:reasoning'] },
    ],
    [
      'Nova',
      'us.amazon.nova-2-lite-v1:0',
      { reasoning: { mode: 'effort', effort: 'xhigh' } },
      { fields: { reasoningConfig: { type: 'enabled', maxReasoningEffort: 'high' } }, losses: ['clamped:reasoning'] },
    ],
    [
      'Nova with a limit',
      'us.amazon.nova-2-lite-v1:0',
      { reasoning: { mode: 'effort', effort: 'high' }, maxOutputTokens: 5 },
      { fields: { reasoningConfig: { maxReasoningEffort: 'medium' } }, losses: ['clamped:reasoning'] },
    ],
    ['the first Nova does not think', NOVA, { reasoning: { mode: 'auto' } }, { losses: ['dropped:reasoning'] }],
    [
      'gpt-oss',
      'openai.gpt-oss-120b-1:0',
      { reasoning: { mode: 'effort', effort: 'minimal' } },
      { fields: { reasoning_effort: 'low' }, losses: ['clamped:reasoning'] },
    ],
    ['nobody asked', CLAUDE, {}, { fields: undefined, losses: [] }],
  ])('%s', (_what, model, said, expected) => {
    expect(fieldsFor(said, model)).toMatchObject(expected);
  });

  it('lets no tool be forced', () => {
    const said: Partial<ChatRequest> = { tools: [find], toolChoice: { mode: 'required' }, reasoning: { mode: 'auto' } };
    expect(write(said).losses).toEqual(['dropped:tool_choice']);
    expect(write(said, target('anthropic.claude-opus-4-8')).body['toolConfig']).toHaveProperty('toolChoice');
  });

  it('is not begun inside a round of tools that began without it', () => {
    const turns = [user(text('q')), assistant(call('t')), user(result('t'))];
    const said: Partial<ChatRequest> = { turns, tools: [find], reasoning: { mode: 'auto' } };
    expect(write(said).losses).toEqual(['dropped:reasoning']);
    expect(write(said, target('anthropic.claude-opus-4-8')).losses).toEqual([]);
    const budget: Partial<ChatRequest> = { ...said, reasoning: { mode: 'budget', budgetTokens: 8192 } };
    expect(write(budget, target('anthropic.claude-opus-4-6-v1')).body).toMatchObject({
      additionalModelRequestFields: { thinking: { type: 'adaptive' } },
      outputConfig: { effort: 'medium' },
    });
  });
});

describe("the model's own words", () => {
  it.each([
    [CLAUDE, { top_k: 7 }, []],
    [NOVA, { inferenceConfig: { topK: 7 } }, []],
    ['cohere.command-r-v1:0', { k: 7 }, []],
    ['us.meta.llama4-maverick', undefined, ['dropped:top_k']],
    ['anthropic.claude-opus-4-8', undefined, ['dropped:top_k']],
    ['eu.mistral.pixtral-large-2502-v1:0', { top_k: 7 }, []],
  ])('%s takes top_k as %j', (model, fields, losses) => {
    const written = write({ sampling: { topK: 7 } }, target(model));
    expect(written.body['additionalModelRequestFields']).toEqual(fields);
    expect(written.losses).toEqual(losses);
  });

  it('asks Claude which sequence stopped it', () => {
    const { body } = write({ sampling: { stop: ['END'] } });
    expect(body['additionalModelResponseFieldPaths']).toEqual(['/stop_sequence']);
    expect(write({ sampling: { stop: ['END'] } }, target(NOVA)).body).not.toHaveProperty(
      'additionalModelResponseFieldPaths',
    );
  });

  it('asks in words for JSON of models that take no schema', () => {
    const schema = { type: 'object', properties: { a: { type: 'string' } } };
    const written = write(
      { output: { format: { kind: 'schema', schema } } },
      target('anthropic.claude-3-haiku-20240307-v1:0'),
    );
    expect(written.losses).toEqual(['emulated:response_format']);
    expect(written.body['system']).toEqual([{ text: expect.stringContaining(JSON.stringify(schema)) }]);
    expect(written.body).not.toHaveProperty('outputConfig');
  });
});
