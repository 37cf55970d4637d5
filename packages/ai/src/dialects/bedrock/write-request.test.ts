import { describe, expect, it } from 'vitest';
import type { ChatRequest } from '../../canonical/chat-request.ts';
import { Untranslatable } from '../../canonical/loss.ts';
import { target, write } from './__fixtures__/calls.ts';
import { assistant, call, find, messages, NOVA, PNG, result, text, user } from './__fixtures__/turns.ts';

const HELLO = [{ role: 'user', content: [{ text: 'Hello' }] }];

describe('a request of another dialect', () => {
  it('is written with everything that it says', () => {
    expect(
      write(
        {
          instructions: [
            { role: 'system', text: 'Be brief.', cache: {} },
            { role: 'developer', text: 'Be kind.' },
          ],
          turns: [
            user(text('Look'), { type: 'media', kind: 'image', source: { via: 'base64', data: PNG } }),
            assistant(
              { type: 'reasoning', text: 'Hm', signature: { value: 'sig', dialect: 'bedrock' } },
              { type: 'reasoning', text: '', redacted: { value: 'AAEC', dialect: 'bedrock' } },
              call('t1', '{"id":12345678901234567890}'),
            ),
            user({ type: 'tool_result', callId: 't1', isError: true, content: [{ type: 'text', text: 'no' }] }),
          ],
          tools: [{ ...find, description: 'Finds', cache: { ttl: '1h' } }],
          toolChoice: { mode: 'named', name: 'find' },
          sampling: { temperature: 0.5, topP: 0.9, topK: 40, stop: ['END'] },
          maxOutputTokens: 100,
          output: { format: { kind: 'schema', name: 'bird', schema: { type: 'object', properties: {} } } },
          tier: 'priority',
          endUser: 'u-1',
          metadata: { team: 'birds' },
        },
        target('mistral.mistral-large'),
      ),
    ).toMatchObject({
      body: {
        system: [{ text: 'Be brief.' }, { text: 'Be kind.' }],
        messages: [
          { role: 'user', content: [{ text: 'Look' }, { image: { format: 'png', source: { bytes: PNG } } }] },
          {
            role: 'assistant',
            content: [
              { reasoningContent: { reasoningText: { text: 'Hm', signature: 'sig' } } },
              { reasoningContent: { redactedContent: 'AAEC' } },
              { toolUse: { toolUseId: 't1', name: 'find' } },
            ],
          },
          { role: 'user', content: [{ toolResult: { toolUseId: 't1', content: [{ text: 'no' }], status: 'error' } }] },
        ],
        toolConfig: {
          tools: [{ toolSpec: { name: 'find', description: 'Finds', inputSchema: { json: { type: 'object' } } } }],
          toolChoice: { tool: { name: 'find' } },
        },
        inferenceConfig: { maxTokens: 100, temperature: 0.5, topP: 0.9, stopSequences: ['END'] },
        additionalModelRequestFields: { top_k: 40 },
        outputConfig: {
          textFormat: {
            type: 'json_schema',
            structure: {
              jsonSchema: { name: 'bird', schema: expect.stringContaining('"additionalProperties":false') },
            },
          },
        },
        serviceTier: { type: 'priority' },
        requestMetadata: { team: 'birds', user: 'u-1' },
      },
      losses: ['dropped:cache_control'],
    });
  });

  it('says no more than it must', () => {
    expect(write({})).toEqual({ body: { messages: HELLO }, losses: [] });
  });

  it('keeps the digits of arguments', () => {
    expect(
      JSON.stringify(messages([user(text('a')), assistant(call('t', '{"id":12345678901234567890}'))], {})),
    ).toContain('"id":12345678901234567890');
  });
});

describe('what is lost is named', () => {
  it.each<[Partial<ChatRequest>, readonly string[]]>([
    [
      { sampling: { seed: 1, frequencyPenalty: 1, presencePenalty: 0, minP: 0.1, logitBias: { a: 1 } } },
      ['dropped:frequency_penalty', 'dropped:logit_bias', 'dropped:min_p', 'dropped:presence_penalty', 'dropped:seed'],
    ],
    [{ sampling: { temperature: 2 } }, ['clamped:temperature']],
    [{ sampling: { temperature: 0.2, topP: 0.5 } }, ['dropped:top_p']],
    [{ sampling: { stop: ['a', ' ', 'b', 'c', 'd', 'e'] } }, ['clamped:stop', 'dropped:stop']],
    [{ sampling: { n: 1 } }, []],
    [{ logprobs: { top: 3 } }, ['dropped:logprobs']],
    [{ parallelTools: false }, ['dropped:parallel_tool_calls']],
    [{ parallelTools: true }, []],
    [{ output: { verbosity: 'low', modalities: ['text'] } }, ['dropped:verbosity']],
    [{ output: { modalities: ['TEXT', 'audio'] } }, ['dropped:modalities']],
    [{ output: { format: { kind: 'json' } } }, ['emulated:response_format']],
    [{ cache: { key: 'k' } }, ['dropped:prompt_cache_key']],
    [{ tier: 'scale' }, ['dropped:service_tier']],
    [{ tier: 'auto' }, []],
    [{ endUser: 'ü' }, ['dropped:user']],
    [{ metadata: { 'a b': 'ok', bad: '*' } }, ['dropped:metadata']],
    [{ ext: { 'openai-chat': { store: true, prediction: {} } } }, ['dropped:prediction', 'dropped:store']],
    [{ turns: [{ role: 'user', name: 'Ann', phase: 'x', blocks: [text('a')] }] }, ['dropped:name', 'dropped:phase']],
    [{ turns: [user(text('a')), { role: 'developer', blocks: [text('b')] }] }, ['emulated:system_message']],
    [{ tools: [{ ...find, kind: 'custom' }] }, ['emulated:custom_tool']],
    [
      { turns: [user({ type: 'opaque', dialect: 'anthropic', data: { type: 'server_tool_use' } }, text('a'))] },
      ['dropped:server_tool_use'],
    ],
    [
      { turns: [user({ type: 'opaque', dialect: 'anthropic', data: { type: 'a: b\n' } }, text('a'))] },
      ['dropped:opaque'],
    ],
    [
      { turns: [user({ type: 'media', kind: 'image', detail: 'high', source: { via: 'base64', data: PNG } })] },
      ['dropped:detail'],
    ],
    [{ reasoning: { mode: 'off' } }, []],
  ])('%j', (said, losses) => {
    expect(write(said).losses).toEqual(losses);
  });

  it('drops what the rules of the vendor say, by name', () => {
    const said = { sampling: { temperature: 1, topK: 3 }, maxOutputTokens: 5, tier: 'flex' } as const;
    const drops = ['temperature', 'service_tier', 'max_tokens', 'top_p', 'unknown'];
    expect(write(said, target(NOVA, { rules: { kind: 'bedrock', drops } }))).toEqual({
      body: { messages: HELLO, additionalModelRequestFields: { inferenceConfig: { topK: 3 } } },
      losses: ['dropped:max_tokens', 'dropped:service_tier', 'dropped:temperature'],
    });
  });

  it('limits the output to what the model gives', () => {
    expect(write({ maxOutputTokens: 9000 }, target(NOVA, { maxOutputTokens: 5000 }))).toMatchObject({
      body: { inferenceConfig: { maxTokens: 5000 } },
      losses: ['clamped:max_tokens'],
    });
  });
});

describe('what would be wrong is refused', () => {
  const url = { type: 'media', kind: 'image', source: { via: 'url', url: 'https://example.com/a.png' } } as const;

  it.each<[string, Partial<ChatRequest>, string]>([
    ['a conversation kept elsewhere', { state: { previous_response_id: 'r' } }, 'previous_response_id'],
    ['several answers', { sampling: { n: 2 } }, 'n'],
    ['a foreign cache', { cache: { contentRef: 'cachedContents/1' } }, 'cached_content'],
    [
      'a foreign hosted tool',
      { tools: [{ kind: 'hosted', name: 'web', hosted: { dialect: 'anthropic', definition: {} } }] },
      'tools',
    ],
    ['media by URL', { turns: [user(url)] }, 'messages'],
    [
      'a foreign file',
      { turns: [user({ ...url, source: { via: 'file', id: 'f', dialect: 'openai-chat' } })] },
      'messages',
    ],
    [
      'an image of no known type',
      { turns: [user({ ...url, mime: 'image/tiff', source: { via: 'base64', data: 'AAAA' } })] },
      'messages',
    ],
    ['a result without a call', { turns: [user(result('x'))] }, 'messages'],
    ['nothing of the user', { turns: [] }, 'messages'],
    ['only instructions', { instructions: [{ role: 'system', text: 'a' }], turns: [user(text(' '))] }, 'messages'],
  ])('%s', (_what, said, param) => {
    const refusal = expect.objectContaining({ param });
    expect(() => write(said)).toThrow(Untranslatable);
    expect(() => write(said)).toThrow(refusal);
  });

  it('says how to send media instead', () => {
    expect(() => write({ turns: [user(url)] })).toThrow(/base64/);
  });

  it('refuses to begin the answer of a model that does not go on with it', () => {
    const turns = [user(text('a')), assistant(text('b'))];
    expect(() => write({ turns }, target('anthropic.claude-opus-4-8-v1'))).toThrow(Untranslatable);
    expect(write({ turns }, target(NOVA)).losses).toEqual([]);
  });
});
