import { CohereClientV2 } from 'cohere-ai';
import { describe, expect, it } from 'vitest';
import { Losses, Untranslatable } from '../../canonical/loss.ts';
import { asJson } from '../chat-shaped/__fixtures__/contexts.ts';
import { cohereEmbeddings, cohereEmbeddingsCaller } from './cohere-embeddings.ts';

const WISH = { input: ['a', 'b'] };
const VECTORS = [
  [0.5, 0.25],
  [0.125, 1],
];

describe('embeddings of Cohere', () => {
  it('are asked for', () => {
    const losses = new Losses();
    const wish = { ...WISH, dimensions: 256, ext: { ollama: { truncate: true } } };
    expect(JSON.parse(cohereEmbeddings.writeRequest(wish, 'embed-v4.0', losses))).toEqual({
      model: 'embed-v4.0',
      input_type: 'search_document',
      texts: ['a', 'b'],
      embedding_types: ['float'],
      output_dimension: 256,
    });
    expect(losses.codes).toEqual(['dropped:truncate']);
    const many = { input: Array.from({ length: 97 }, String) };
    expect(() => cohereEmbeddings.writeRequest(many, 'm', losses)).toThrow(Untranslatable);
  });

  it.each<[string, object]>([
    ['by their type', { id: '1', embeddings: { float: VECTORS }, meta: { billed_units: { input_tokens: 3 } } }],
    ['alone', { embeddings: VECTORS, meta: { tokens: { input_tokens: 3 } } }],
  ])('come %s', (_, reply) => {
    const read = cohereEmbeddings.readReply(asJson(reply), WISH);
    expect(read).toEqual({ vectors: VECTORS, usage: { inputUncached: 3, outputText: 0 } });
  });

  it('may be missing', () => {
    for (const odd of ['x', {}, { embeddings: { float: [[1]] } }, { embeddings: { float: 'x' } }]) {
      expect(cohereEmbeddings.readReply(asJson(odd), WISH)).toBeUndefined();
    }
    expect(cohereEmbeddings.readReply(asJson({ message: 'x' }), WISH)).toMatchObject({ kind: 'upstream' });
  });

  it('are what its SDK asks for and reads', async () => {
    let body = '';
    const client = new CohereClientV2({
      token: 't',
      maxRetries: 0,
      fetch: async (_, init) => {
        body = typeof init?.body === 'string' ? init.body : '';
        const call = cohereEmbeddingsCaller.readRequest(asJson(body));
        const answer = { vectors: VECTORS, usage: { inputUncached: 3, outputText: 0 } };
        return new Response(cohereEmbeddingsCaller.writeReply(answer, call, 'req_1'), {
          headers: { 'content-type': 'application/json' },
        });
      },
    });
    const answer = await client.embed({
      model: 'embed-v4.0',
      inputType: 'search_query',
      inputs: [{ content: [{ type: 'text', text: 'a' }] }, { content: [{ type: 'text', text: 'b' }] }],
      embeddingTypes: ['float', 'base64'],
      outputDimension: 2,
    });
    expect(answer).toMatchObject({
      id: 'req_1',
      embeddings: { float: VECTORS, base64: ['AAAAPwAAgD4=', 'AAAAPgAAgD8='] },
      texts: ['a', 'b'],
      meta: { billedUnits: { inputTokens: 3 } },
    });
    const call = cohereEmbeddingsCaller.readRequest(asJson(body));
    expect(call).toMatchObject({ model: 'embed-v4.0', wish: { input: ['a', 'b'], dimensions: 2 } });
    expect(JSON.parse(cohereEmbeddings.writeRequest(call.wish, 'm', new Losses()))).toMatchObject({
      input_type: 'search_query',
    });
  });

  it.each<[unknown, string | undefined]>([
    ['x', undefined],
    [{ texts: ['a'] }, 'model'],
    [{ model: 'm' }, 'texts'],
    [{ model: 'm', texts: [5] }, 'texts'],
    [{ model: 'm', images: ['data:x'] }, 'images'],
    [{ model: 'm', inputs: [{ content: [{ type: 'image_url' }] }] }, 'inputs[0].content[0].text'],
    [{ model: 'm', texts: ['a'], embedding_types: ['int8'] }, 'embedding_types'],
  ])('cannot be asked for with %j', (body, param) => {
    expect(() => cohereEmbeddingsCaller.readRequest(asJson(body))).toThrow(
      expect.objectContaining({ name: 'Untranslatable', param }),
    );
  });
});
