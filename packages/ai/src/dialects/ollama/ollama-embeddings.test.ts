import { Ollama } from 'ollama';
import { describe, expect, it } from 'vitest';
import { Losses } from '../../canonical/loss.ts';
import { asJson } from '../chat-shaped/__fixtures__/contexts.ts';
import { ollamaEmbeddings, ollamaEmbeddingsCaller } from './ollama-embeddings.ts';

const WISH = { input: ['a', 'b'] };
const VECTORS = [[0.5], [0.25]];

describe('embeddings of Ollama', () => {
  it('are asked for and come', () => {
    const losses = new Losses();
    const wish = { ...WISH, dimensions: 64, ext: { ollama: { truncate: false } } };
    expect(JSON.parse(ollamaEmbeddings.writeRequest(wish, 'all-minilm', losses))).toEqual({
      model: 'all-minilm',
      input: ['a', 'b'],
      dimensions: 64,
      truncate: false,
    });
    const reply = { model: 'all-minilm', embeddings: VECTORS, prompt_eval_count: 8 };
    expect(ollamaEmbeddings.readReply(asJson(reply), WISH)).toEqual({
      model: 'all-minilm',
      vectors: VECTORS,
      usage: { inputUncached: 8, outputText: 0 },
    });
    expect(ollamaEmbeddings.readReply(asJson({ error: 'x' }), WISH)).toMatchObject({ kind: 'upstream' });
    for (const odd of ['x', {}, { embeddings: [[1]] }])
      expect(ollamaEmbeddings.readReply(asJson(odd), WISH)).toBeUndefined();
  });

  it('are what its SDK asks for and reads', async () => {
    const client = new Ollama({
      host: 'http://gate.test',
      fetch: async (_, init) => {
        const call = ollamaEmbeddingsCaller.readRequest(asJson(typeof init?.body === 'string' ? init.body : ''));
        expect(call).toEqual({ model: 'm', wish: { input: ['a'], ext: { ollama: { truncate: true } } } });
        const answer = { vectors: [[0.5]], usage: { inputUncached: 2, outputText: 0 } };
        return new Response(ollamaEmbeddingsCaller.writeReply(answer, call, 'r'));
      },
    });
    const answer = await client.embed({ model: 'm', input: 'a', truncate: true });
    expect(answer).toEqual({ model: 'm', embeddings: [[0.5]], prompt_eval_count: 2 });
  });

  it.each<[unknown, string | undefined]>([
    [5, undefined],
    [{ input: 'a' }, 'model'],
    [{ model: 'm' }, 'input'],
    [{ model: 'm', input: [] }, 'input'],
    [{ model: 'm', input: [5] }, 'input'],
  ])('cannot be asked for with %j', (body, param) => {
    expect(() => ollamaEmbeddingsCaller.readRequest(asJson(body))).toThrow(
      expect.objectContaining({ name: 'Untranslatable', param }),
    );
  });
});
