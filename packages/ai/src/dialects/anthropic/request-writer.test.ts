import { describe, expect, it } from 'vitest';
import type { Block, ChatRequest, Tool } from '../../canonical/chat-request.ts';
import { Losses } from '../../canonical/loss.ts';
import { called, foreign, target, written } from './__fixtures__/contexts.ts';
import { assistant, GET, HI, messages, refused, user } from './__fixtures__/turns.ts';
import { vertexAnthropicProvider } from './anthropic-provider.ts';
import { anthropicVersionFor } from './call-plan.ts';

describe('the request writer', () => {
  it('writes a call of another dialect', () => {
    const request = foreign({
      instructions: [
        { role: 'system', text: 'One.' },
        { role: 'developer', text: 'Two.', cache: {} },
      ],
      tools: [GET],
      toolChoice: { mode: 'named', name: 'get' },
      parallelTools: false,
      sampling: { stop: ['END', ' \n', ''] },
      endUser: 'u',
      tier: 'auto',
    });
    expect(written(request, target('claude-opus-4-8', {}, true))).toEqual({
      body: {
        model: 'claude-opus-4-8',
        max_tokens: 128_000,
        stream: true,
        system: [
          { type: 'text', text: 'One.' },
          { type: 'text', text: 'Two.', cache_control: { type: 'ephemeral' } },
        ],
        messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
        tools: [{ name: 'get', input_schema: { type: 'object', properties: {} } }],
        tool_choice: { type: 'tool', name: 'get', disable_parallel_tool_use: true },
        stop_sequences: ['END'],
        metadata: { user_id: 'u' },
        service_tier: 'auto',
      },
      losses: ['dropped:stop'],
    });
  });

  it('gives a caller of this dialect everything back', () => {
    const members = {
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral', ttl: '1h' }, odd: 1 }],
      messages: [
        {
          role: 'user',
          content: [
            {
              type: 'image',
              source: { type: 'base64', media_type: 'image/png', data: 'iVBORw0KGgo=' },
              transformations: { crop: 1 },
            },
            {
              type: 'document',
              source: {
                type: 'content',
                content: [
                  { type: 'text', text: 'a' },
                  { type: 'text', text: 'b' },
                ],
              },
              title: 'T',
            },
            {
              type: 'search_result',
              source: 'https://a.b',
              title: 'S',
              content: [{ type: 'text', text: 'c' }],
              citations: { enabled: true },
            },
            { type: 'text', text: 'Hi', cache_control: { type: 'ephemeral' } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: ' Hm \n', signature: 'sig' },
            { type: 'redacted_thinking', data: 'red' },
            {
              type: 'text',
              text: 'Look.',
              citations: [
                {
                  type: 'char_location',
                  cited_text: 'a',
                  document_index: 0,
                  document_title: null,
                  start_char_index: 0,
                  end_char_index: 1,
                },
              ],
            },
            { type: 'server_tool_use', id: 's', name: 'web_search', input: { q: 1 } },
            { type: 'web_search_tool_result', tool_use_id: 's', content: [] },
            {
              type: 'tool_use',
              id: 'toolu_1',
              name: 'get',
              input: { n: 1 },
              caller: { type: 'code_execution_20260120', tool_id: 's' },
            },
          ],
        },
        {
          role: 'user',
          content: [
            {
              type: 'tool_result',
              tool_use_id: 'toolu_1',
              content: [
                { type: 'tool_reference', tool_name: 'x' },
                { type: 'text', text: 'r' },
              ],
              is_error: false,
            },
            { type: 'text', text: 'and?' },
          ],
        },
      ],
      tools: [
        {
          name: 'get',
          description: 'd',
          input_schema: { type: 'object', properties: { a: { $ref: '#/$defs/x' } } },
          defer_loading: true,
          cache_control: { type: 'ephemeral' },
        },
        { type: 'web_search_20260318', name: 'web_search', max_uses: 2, cache_control: { type: 'ephemeral' } },
      ],
      tool_choice: { type: 'auto', disable_parallel_tool_use: true },
      stop_sequences: ['END'],
      metadata: { user_id: 'u' },
      service_tier: 'standard_only',
      thinking: { type: 'adaptive' },
      output_config: {
        effort: 'high',
        format: { type: 'json_schema', schema: { type: 'object' } },
        task_budget: { total: 5 },
      },
      container: 'cont_1',
      speed: 'fast',
      thread: { type: 'create' },
    };
    const { body, losses } = written(called(members));
    expect(body).toEqual({ model: 'claude-opus-4-8', max_tokens: 100, ...members });
    expect(losses).toEqual([]);
  });

  it('means the text that a guardrail has put in place of another', () => {
    const document = { type: 'search_result', source: 's', title: 'S', content: [{ type: 'text', text: 'secret' }] };
    const request = called({ messages: [{ role: 'user', content: [document] }] });
    const turns = request.turns.map((turn) => ({
      ...turn,
      blocks: turn.blocks.map((block) =>
        block.type === 'media' ? { ...block, source: { via: 'text', text: '***' } as const } : block,
      ),
    }));
    expect(JSON.stringify(messages({ ...request, turns }))).not.toContain('secret');
  });

  it('marks four places for the cache, the last ones', () => {
    const cache = {};
    const turns = [user(...['1', '2', '3', '4'].map((said): Block => ({ type: 'text', text: said, cache })))];
    const tools: Tool[] = [{ ...GET, cache }];
    const marks = (request: ChatRequest) => JSON.stringify(written(request).body).split('"cache_control"').length - 1;
    expect(marks(foreign({ turns, tools }))).toBe(4);
    expect(written(foreign({ turns, tools })).losses).toEqual(['dropped:cache_control']);
    expect(JSON.stringify(written(foreign({ turns, tools })).body['tools'])).not.toContain('cache_control');
    expect(marks(foreign({ turns, cache: { auto: { ttl: '1h' } } }))).toBe(4);
    expect(written(foreign({ cache: { auto: { ttl: '30m' } } }))).toMatchObject({
      body: { cache_control: { type: 'ephemeral', ttl: '1h' } },
      losses: ['clamped:cache_control'],
    });
  });

  it('drops what the model or the dialect has no member for, by name', () => {
    const request = foreign({
      sampling: {
        temperature: 1.5,
        topP: 0.5,
        topK: 3,
        seed: 1,
        frequencyPenalty: 0,
        presencePenalty: 1,
        minP: 0.1,
        logitBias: { 5: 1 },
      },
      logprobs: { top: 2 },
      output: { verbosity: 'low', modalities: ['text'] },
      cache: { key: 'k' },
      metadata: { a: 'b' },
      tier: 'flex',
      ext: { 'openai-chat': { prediction: {}, store: true } },
    });
    const rest = [
      'dropped:logit_bias',
      'dropped:logprobs',
      'dropped:metadata',
      'dropped:min_p',
      'dropped:prediction',
      'dropped:presence_penalty',
      'dropped:prompt_cache_key',
      'dropped:seed',
      'dropped:service_tier',
      'dropped:store',
      'dropped:verbosity',
    ];
    const sampling = ['dropped:temperature', 'dropped:top_k', 'dropped:top_p'];
    expect(written(request).losses).toEqual([...rest, ...sampling].toSorted());
    const old = written(request, target('claude-sonnet-4-20250514'));
    expect(old.body).toMatchObject({ temperature: 1, top_p: 0.5, top_k: 3 });
    expect(old.losses).toEqual(['clamped:temperature', ...rest].toSorted());
  });

  it('has temperature or top_p on models that take one of them, and neither while thinking', () => {
    const both = foreign({ sampling: { temperature: 0.2, topP: 0.5 } });
    expect(written(both, target('claude-opus-4-6'))).toMatchObject({
      body: { temperature: 0.2 },
      losses: ['dropped:top_p'],
    });
    const thinking = foreign({ sampling: { temperature: 1, topK: 5 }, reasoning: { mode: 'effort', effort: 'low' } });
    const { body, losses } = written(thinking, target('claude-opus-4-6'));
    expect('temperature' in body || 'top_k' in body).toBe(false);
    expect(losses).toEqual(['dropped:top_k']);
  });

  it('shows a summary of whatever kind, and names the wish for a certain one as lost', () => {
    const asking = (summaryStyle: string) =>
      foreign({ reasoning: { mode: 'auto', expose: 'summary', summaryStyle }, maxOutputTokens: 9 });
    expect(written(asking('auto')).losses).toEqual([]);
    expect(written(asking('auto')).body).toMatchObject({ thinking: { type: 'adaptive', display: 'summarized' } });
    expect(written(asking('detailed')).losses).toEqual(['dropped:reasoning_summary']);
  });

  it('chooses the version of the API by the call', () => {
    const cold = foreign({ sampling: { temperature: 0 } });
    expect(anthropicVersionFor(foreign(), target())).toBe('2026-10-21');
    expect(anthropicVersionFor(cold, target())).toBe('2026-10-21');
    expect(anthropicVersionFor(cold, target('claude-opus-4-6'))).toBe('2023-06-01');
    expect(anthropicVersionFor(foreign(), target('claude-opus-4-6'))).toBe('2026-10-21');
    expect(anthropicVersionFor(foreign(), target('us.anthropic.claude-opus-4-6-v1:0'))).toBe('2023-06-01');
    expect(anthropicVersionFor(foreign(), target('deepseek-chat'))).toBe('2023-06-01');
    const document: Block = { type: 'media', kind: 'document', source: { via: 'text', text: 'x' } };
    expect(anthropicVersionFor(foreign({ turns: [HI, assistant(document), HI] }), target())).toBe('2023-06-01');
  });

  it('refuses what would be wrong without', () => {
    expect(refused(foreign({ sampling: { n: 2 } }))).toBe('n');
    expect(refused(foreign({ state: { previous_response_id: 'r' } }))).toBe('previous_response_id');
    expect(refused(foreign({ cache: { contentRef: 'c' } }))).toBe('cached_content');
    const hosted: Tool = { kind: 'hosted', name: 'search', hosted: { dialect: 'openai-responses', definition: {} } };
    expect(refused(foreign({ tools: [hosted] }))).toBe('tools');
    const file: Block = { type: 'media', kind: 'document', source: { via: 'file', id: 'f', dialect: 'openai-chat' } };
    expect(refused(foreign({ turns: [user(file)] }))).toBe('file_id');
    const bmp: Block = { type: 'media', kind: 'image', mime: 'image/bmp', source: { via: 'base64', data: 'aGVsbG8=' } };
    expect(refused(foreign({ turns: [user(bmp)] }))).toBe('messages');
  });

  it('limits the output as the model does', () => {
    const limit = (maxOutputTokens: number | undefined, model: string, known?: number) => {
      const request = foreign(maxOutputTokens === undefined ? {} : { maxOutputTokens });
      const to = { ...target(model), ...(known !== undefined && { maxOutputTokens: known }) };
      const { body, losses } = written(request, to);
      return [body['max_tokens'], ...losses];
    };
    expect(limit(undefined, 'claude-haiku-4-5')).toEqual([64_000]);
    expect(limit(undefined, 'claude-haiku-4-5', 8000)).toEqual([8000]);
    expect(limit(undefined, 'glm-5')).toEqual([4096]);
    expect(limit(70_000, 'claude-haiku-4-5')).toEqual([64_000, 'clamped:max_tokens']);
    expect(limit(0, 'claude-haiku-4-5')).toEqual([0]);
  });

  it('leaves out what a vendor refuses', () => {
    const { body, losses } = written(foreign({ endUser: 'u' }), target('m', { drops: ['metadata', 'system'] }));
    expect('metadata' in body).toBe(false);
    expect(losses).toEqual(['dropped:metadata']);
  });

  it('puts the version into the body and the model into the path for Vertex', () => {
    const body: unknown = JSON.parse(vertexAnthropicProvider.writeRequest(foreign(), target(), new Losses()));
    expect(body).toMatchObject({ anthropic_version: '2026-10-21', max_tokens: 128_000 });
    expect(body).not.toHaveProperty('model');
    expect(vertexAnthropicProvider.path({ model: 'claude-opus-4-8@default', stream: true })).toBe(
      '/publishers/anthropic/models/claude-opus-4-8%40default:streamRawPredict',
    );
    const cold = foreign({ sampling: { temperature: 0.5 } });
    const old = vertexAnthropicProvider.writeRequest(cold, target('claude-sonnet-4-6'), new Losses());
    expect(JSON.parse(old)).toMatchObject({ anthropic_version: 'vertex-2023-10-16', temperature: 0.5 });
  });
});
