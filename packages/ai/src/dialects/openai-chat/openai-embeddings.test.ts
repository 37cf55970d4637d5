import { describe, expect, it } from 'vitest';
import { Losses } from '../../canonical/loss.ts';
import { asJson } from '../chat-shaped/__fixtures__/contexts.ts';
import { openAiEmbeddings, openAiEmbeddingsCaller } from './openai-embeddings.ts';

const WISH = { input: ['a', 'b'] };
const USAGE = { inputUncached: 7, outputText: 0 };

describe('embeddings of OpenAI', () => {
  it('are asked for', () => {
    const losses = new Losses();
    const wish = { ...WISH, dimensions: 2, ext: { 'openai-chat': { user: 'me' }, cohere: { truncate: 'END' } } };
    expect(JSON.parse(openAiEmbeddings.writeRequest(wish, 'm', losses))).toEqual({
      model: 'm',
      input: ['a', 'b'],
      dimensions: 2,
      user: 'me',
      encoding_format: 'float',
    });
    expect(losses.codes).toEqual(['dropped:truncate']);
  });

  it('are put into the order of the texts, in whatever encoding they come', () => {
    const data = [
      { index: 1, embedding: [0.25] },
      { index: 0, embedding: 'AAAAPw==' },
    ];
    const reply = { model: 'm', data, usage: { prompt_tokens: 7, total_tokens: 7 } };
    expect(openAiEmbeddings.readReply(asJson(reply), WISH)).toEqual({
      model: 'm',
      vectors: [[0.5], [0.25]],
      usage: USAGE,
    });
  });

  it('may be missing', () => {
    for (const odd of ['x', {}, { data: [{ embedding: [1] }] }, { data: [{ embedding: 'A' }, { embedding: [1] }] }]) {
      expect(openAiEmbeddings.readReply(asJson(odd), WISH)).toBeUndefined();
    }
    expect(openAiEmbeddings.readReply(asJson({ error: { message: 'x' } }), WISH)).toMatchObject({ kind: 'upstream' });
  });

  it.each([
    ['float', [0.5]],
    ['base64', 'AAAAPw=='],
  ])('are written as callers ask for them, as %s', (encoding_format, embedding) => {
    const call = openAiEmbeddingsCaller.readRequest(asJson({ model: 'm', input: 'a', encoding_format, user: 'me' }));
    expect(call.wish).toEqual({ input: ['a'], ext: { 'openai-chat': { user: 'me' } } });
    expect(JSON.parse(openAiEmbeddingsCaller.writeReply({ vectors: [[0.5]], usage: USAGE }, call, 'r'))).toEqual({
      object: 'list',
      data: [{ object: 'embedding', index: 0, embedding }],
      model: 'm',
      usage: { prompt_tokens: 7, total_tokens: 7 },
    });
  });

  it.each<[unknown, string | undefined]>([
    [5, undefined],
    [{ input: 'a' }, 'model'],
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: [] }, 'input'],
    [{ model: 'm', input: [1, 2] }, 'input'],
    [{ model: 'm', input: [[1]] }, 'input'],
    [{ model: 'm', input: 'a', dimensions: 0 }, 'dimensions'],
    [{ model: 'm', input: 'a', encoding_format: 'int8' }, 'encoding_format'],
  ])('cannot be asked for with %j', (body, param) => {
    expect(() => openAiEmbeddingsCaller.readRequest(asJson(body))).toThrow(
      expect.objectContaining({ name: 'Untranslatable', param }),
    );
  });
});
