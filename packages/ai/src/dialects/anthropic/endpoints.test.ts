import Anthropic from '@anthropic-ai/sdk';
import { describe, expect, it } from 'vitest';
import { Losses } from '../../canonical/loss.ts';
import { called, target } from './__fixtures__/contexts.ts';
import { readCountReply, writeCountReply, writeCountRequest } from './count-tokens.ts';
import { writeModel, writeModelList, type ListedModel } from './model-list.ts';
import { scanAnthropicRequest } from './scan-request.ts';

function sdk(body: string): Anthropic {
  const fetch = () => Promise.resolve(new Response(body, { headers: { 'content-type': 'application/json' } }));
  return new Anthropic({ apiKey: 'k', maxRetries: 0, fetch });
}

describe('counting tokens', () => {
  it('asks with what makes up the prompt', () => {
    const request = called({
      stream: true,
      stop_sequences: ['x'],
      metadata: { user_id: 'u' },
      thinking: { type: 'adaptive' },
      system: 'S',
    });
    const body: unknown = JSON.parse(writeCountRequest(request, target(), new Losses()));
    expect(body).toEqual({
      model: 'claude-opus-4-8',
      system: [{ type: 'text', text: 'S' }],
      messages: [{ role: 'user', content: [{ type: 'text', text: 'Hello' }] }],
      thinking: { type: 'adaptive' },
    });
  });

  it('answers as the SDK expects it', async () => {
    const count = await sdk(writeCountReply(42)).messages.countTokens({
      model: 'm',
      messages: [{ role: 'user', content: 'x' }],
    });
    expect(count).toMatchObject({ input_tokens: 42 });
    expect(readCountReply({ input_tokens: 42 })).toBe(42);
    for (const body of [null, [], {}, { input_tokens: -1 }]) expect(readCountReply(body)).toBeUndefined();
  });
});

describe('the list of models', () => {
  const MODELS: ListedModel[] = ['a', 'b', 'c', 'd', 'e'].map((id) => ({ id }));

  it('is one that the SDK reads', async () => {
    const model = {
      id: 'gate/large',
      displayName: 'Large',
      created: 1_700_000_000,
      inputTokensMax: 200_000,
      outputTokensMax: 8000,
    };
    const page = await sdk(writeModelList([model])).models.list();
    expect(page.data).toMatchObject([
      {
        type: 'model',
        id: 'gate/large',
        display_name: 'Large',
        created_at: '2023-11-14T22:13:20.000Z',
        max_input_tokens: 200_000,
        max_tokens: 8000,
      },
    ]);
    expect(page.hasNextPage()).toBe(false);
    expect(await sdk(writeModel({ id: 'x' })).models.retrieve('x')).toMatchObject({
      id: 'x',
      display_name: 'x',
      lifecycle: 'active',
    });
  });

  it.each([
    [{ limit: 2 }, ['a', 'b'], true],
    [{ limit: 2, afterId: 'b' }, ['c', 'd'], true],
    [{ limit: 2, afterId: 'd' }, ['e'], false],
    [{ limit: 2, beforeId: 'e' }, ['c', 'd'], true],
    [{ limit: 2, beforeId: 'b' }, ['a'], false],
    [{ limit: 0 }, ['a'], true],
    [{ afterId: 'unknown' }, ['a', 'b', 'c', 'd', 'e'], false],
  ])('comes in pages: %j', (page, ids, more) => {
    expect(JSON.parse(writeModelList(MODELS, page))).toMatchObject({
      data: ids.map((id) => ({ id })),
      has_more: more,
      first_id: ids[0],
      last_id: ids.at(-1),
    });
    expect(JSON.parse(writeModelList([]))).toEqual({ data: [], has_more: false, first_id: null, last_id: null });
  });
});

describe('a call that goes on in the same dialect', () => {
  const BODY =
    '{ "max_tokens":1e2,"model" : "cl\\u0061ude" ,\n"messages":[{"role":"user","content":"\\ud83d model"}],"odd":1.0,"stream":true}';

  it('keeps every byte but those of the model', () => {
    const scanned = scanAnthropicRequest(Buffer.from(BODY));
    if ('problem' in scanned) throw new Error(scanned.problem);
    expect(scanned).toMatchObject({ model: 'claude', stream: true });
    expect(scanned.patch('claude').toString()).toBe(BODY);
    expect(scanned.patch('x"y').toString()).toBe(BODY.replace('"cl\\u0061ude"', '"x\\"y"'));
  });

  it.each([
    ['[]', undefined],
    ['{"model":"m"', undefined],
    ['{"model":"m","model":"n","messages":[]}', undefined],
    ['{"messages":[]}', 'model'],
    ['{"model":1,"messages":[]}', 'model'],
    ['{"model":"m","Model":"n","messages":[]}', 'model'],
    ['{"model":"m"}', 'messages'],
    ['{"model":"m","messages":"x"}', 'messages'],
    ['{"model":"m","messages":[],"stream":"yes"}', 'stream'],
    ['{"model":"m","messages":[],"MAX_TOKENS":5}', 'max_tokens'],
  ])('is refused when it is ambiguous: %s', (body, param) => {
    expect(scanAnthropicRequest(Buffer.from(body))).toMatchObject({ problem: expect.any(String), param });
  });

  it('streams only when it says so', () => {
    for (const stream of ['false', 'null']) {
      expect(scanAnthropicRequest(Buffer.from(`{"model":"m","messages":[],"stream":${stream}}`))).toMatchObject({
        stream: false,
      });
    }
  });
});
