import { describe, expect, it } from 'vitest';
import { Losses } from '../../canonical/loss.ts';
import { asJson } from '../chat-shaped/__fixtures__/contexts.ts';
import { mistralEmbeddings } from './mistral-embeddings.ts';

const WISH = { input: ['a', 'b'] };

describe('embeddings of Mistral', () => {
  it('are asked for', () => {
    const losses = new Losses();
    const wish = { ...WISH, dimensions: 256, ext: { mistral: { output_dtype: 'float' }, cohere: { truncate: 'END' } } };
    expect(JSON.parse(mistralEmbeddings.writeRequest(wish, 'mistral-embed', losses))).toEqual({
      model: 'mistral-embed',
      input: ['a', 'b'],
      output_dimension: 256,
      output_dtype: 'float',
      encoding_format: 'float',
    });
    expect(losses.codes).toEqual(['dropped:truncate']);
  });

  it('are put into the order of the texts', () => {
    const reply = {
      model: 'mistral-embed',
      data: [
        { index: 1, embedding: [0.2, 0.25] },
        { index: 0, embedding: [0.1, 0.012345678901234567] },
      ],
      usage: { prompt_tokens: 7, total_tokens: 7, completion_tokens: 0 },
    };
    expect(mistralEmbeddings.readReply(asJson(reply), WISH)).toEqual({
      model: 'mistral-embed',
      vectors: [
        [0.1, 0.012345678901234567],
        [0.2, 0.25],
      ],
      usage: { inputUncached: 7, outputText: 0 },
    });
  });

  it.each<[string, unknown]>([
    ['too few vectors', { data: [{ embedding: [1] }] }],
    ['empty vectors', { data: [{ embedding: [] }, { embedding: [] }] }],
    ['odd numbers', { data: [{ embedding: ['x'] }, { embedding: [1] }] }],
    ['nothing', {}],
    ['text', 'x'],
  ])('are not %s', (_, reply) => {
    expect(mistralEmbeddings.readReply(asJson(reply), WISH)).toBeUndefined();
  });

  it('fail', () => {
    const failure = { object: 'error', message: 'x', type: 'invalid_request_error', raw_status_code: 400 };
    expect(mistralEmbeddings.readReply(asJson(failure), WISH)).toMatchObject({ kind: 'invalid_request' });
  });
});
