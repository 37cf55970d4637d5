import { describe, expect, it } from 'vitest';
import { Losses, Untranslatable } from '../../canonical/loss.ts';
import { asked, facts, json, target } from './__fixtures__/contexts.ts';
import { readCountReply, readCountRequest, writeCountReply, writeCountRequest } from './count-tokens.ts';
import { readEmbedReply, readEmbedRequest, writeEmbedReply, writeEmbedRequest } from './embed-content.ts';
import { readModelCard, readModelList, writeModelCard, writeModelList } from './model-cards.ts';

const CONTENTS = [{ role: 'user', parts: [{ text: 'Hello' }] }];

describe('countTokens', () => {
  it.each([
    { contents: CONTENTS, systemInstruction: { parts: [{ text: 'Be brief.' }] } },
    {
      generateContentRequest: {
        model: 'models/x',
        contents: CONTENTS,
        systemInstruction: { parts: { text: 'Be brief.' } },
      },
    },
    { generate_content_request: { contents: CONTENTS, system_instruction: { parts: { text: 'Be brief.' } } } },
  ])('reads %j', (body) => {
    expect(readCountRequest(json(body), facts('x'))).toMatchObject({
      model: 'x',
      instructions: [{ text: 'Be brief.' }],
      turns: [{ role: 'user' }],
    });
  });

  it('asks about contents alone, or about a whole request', () => {
    const losses = new Losses();
    expect(JSON.parse(writeCountRequest(asked(), target('x'), losses))).toEqual({ contents: CONTENTS });
    const whole = asked({ instructions: [{ role: 'system', text: 'Be brief.' }], sampling: { temperature: 1 } });
    expect(JSON.parse(writeCountRequest(whole, target('x'), losses))).toEqual({
      generateContentRequest: {
        model: 'models/x',
        contents: CONTENTS,
        systemInstruction: { parts: [{ text: 'Be brief.' }] },
      },
    });
  });

  it('answers and is answered', () => {
    expect(readCountReply(json(JSON.parse(writeCountReply(7))))).toBe(7);
    expect(readCountReply(json({ totalTokens: 'x' }))).toBeUndefined();
    expect(readCountReply(null)).toBeUndefined();
    expect(() => readCountRequest(5, facts())).toThrow(Untranslatable);
  });
});

describe('embeddings', () => {
  const one = (text: string, more: object = {}): object => ({
    model: 'models/e',
    content: { parts: [{ text }] },
    ...more,
  });

  it('are asked for one by one or together', () => {
    expect(
      readEmbedRequest(json({ content: { parts: [{ text: 'a' }] }, output_dimensionality: 8 }), {
        model: 'e',
        action: 'embedContent',
      }),
    ).toEqual({
      model: 'e',
      input: ['a'],
      dimensions: 8,
      single: true,
      natives: [{}],
    });
    const requests = [one('a', { taskType: 'RETRIEVAL_QUERY' }), one('b', { title: 't' })];
    const call = readEmbedRequest(json({ requests }), { model: 'e', action: 'batchEmbedContents' });
    expect(call).toEqual({
      model: 'e',
      input: ['a', 'b'],
      single: false,
      natives: [{ taskType: 'RETRIEVAL_QUERY' }, { title: 't' }],
    });
    expect(JSON.parse(writeEmbedRequest(call, { natives: call.natives }))).toEqual({ requests });
    expect(JSON.parse(writeEmbedRequest({ model: 'models/e', input: ['a'], dimensions: 8 }))).toEqual({
      requests: [one('a', { outputDimensionality: 8 })],
    });
  });

  it.each<[unknown, string | undefined]>([
    [5, undefined],
    [{}, 'requests'],
    [{ requests: [{}] }, 'requests[0].content'],
    [{ requests: [one('a', { model: 'models/other' })] }, 'requests[0].model'],
    [{ requests: [{ content: { parts: [{ inlineData: {} }] } }] }, 'requests[0].content.parts[0]'],
    [{ requests: [one('a', { outputDimensionality: 1 }), one('b')] }, 'requests'],
  ])('are refused when asked for by %j', (body, param) => {
    try {
      readEmbedRequest(json(body), { model: 'e', action: 'batchEmbedContents' });
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(Untranslatable);
      expect(error).toMatchObject({ param });
    }
  });

  it('come back one by one or together', () => {
    const vectors = [
      [0.1, -2],
      [0.30000000000000004, 1e-7],
    ];
    expect(readEmbedReply(json(JSON.parse(writeEmbedReply(vectors, { single: false }))))).toEqual(vectors);
    expect(readEmbedReply(json(JSON.parse(writeEmbedReply(vectors, { single: true }))))).toEqual([vectors[0]]);
    for (const body of [
      null,
      {},
      { embeddings: [] },
      { embeddings: [{ values: ['x'] }] },
      { embeddings: [{ values: [1] }, {}] },
    ]) {
      expect(readEmbedReply(json(body))).toBeUndefined();
    }
  });
});

describe('the list of models', () => {
  it('comes in pages', () => {
    const models = ['a', 'b/c', 'ü', 'd', 'e'].map((id) => ({ id }));
    const seen: string[] = [];
    let pageToken: string | undefined;
    do {
      const page = readModelList(json(JSON.parse(writeModelList(models, { pageSize: '2', pageToken }))));
      seen.push(...(page?.models ?? []).map(({ id }) => id));
      pageToken = page?.nextPageToken;
    } while (pageToken !== undefined);
    expect(seen).toEqual(['a', 'b/c', 'ü', 'd', 'e']);
    expect(JSON.parse(writeModelList(models, { pageSize: 'x', pageToken: 'gone' })).models).toHaveLength(5);
  });

  it('has cards', () => {
    const model = { id: 'x', displayName: 'X', inputTokenLimit: 5, outputTokenLimit: 6, methods: ['embedContent'] };
    expect(JSON.parse(writeModelCard(model))).toEqual({
      name: 'models/x',
      version: '001',
      displayName: 'X',
      inputTokenLimit: 5,
      outputTokenLimit: 6,
      supportedGenerationMethods: ['embedContent'],
    });
    expect(readModelCard(json(JSON.parse(writeModelCard(model))))).toEqual(model);
    expect(readModelCard({ name: 'publishers/google/models/y' })).toEqual({ id: 'y' });
    expect(readModelCard({})).toBeUndefined();
    expect(readModelList({ models: 'x' })).toBeUndefined();
  });
});
