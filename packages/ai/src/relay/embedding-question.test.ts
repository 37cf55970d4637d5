import { describe, expect, it } from 'vitest';
import { providerRow } from '../providers/provider-table.ts';
import { embeddingQuestion, type EmbeddingQuestion } from './embedding-question.ts';

const ASKED = { model: 'm', text: 'hi' };

function questionTo(kind: string): EmbeddingQuestion {
  const question = embeddingQuestion(providerRow(kind) ?? { embeds: undefined }, ASKED);
  if (question === undefined) throw new Error(`no vectors from ${kind}`);
  return question;
}

const OPENAI = { data: [{ index: 0, embedding: [1, 2] }], usage: { prompt_tokens: 3 } };

describe('a question for the vector of a text', () => {
  it.each<readonly [string, string, object, object]>([
    ['openai', '/embeddings', { input: ['hi'], encoding_format: 'float' }, OPENAI],
    ['openai-compatible', '/embeddings', { input: ['hi'], model: 'm' }, OPENAI],
    ['mistral', '/embeddings', { input: ['hi'], model: 'm' }, OPENAI],
    ['ollama', '/api/embed', { input: ['hi'], model: 'm' }, { embeddings: [[1, 2]], prompt_eval_count: 3 }],
    [
      'cohere',
      '/embed',
      { texts: ['hi'], model: 'm' },
      { embeddings: { float: [[1, 2]] }, meta: { billed_units: { input_tokens: 3 } } },
    ],
  ])('is asked in the words of %s', (kind, path, body, reply) => {
    const question = questionTo(kind);
    expect(question.path).toBe(path);
    expect(JSON.parse(question.body.toString())).toMatchObject(body);
    const read = question.read(Buffer.from(JSON.stringify(reply)));
    expect(read).toEqual({ vector: [1, 2], usage: expect.objectContaining({ inputUncached: 3 }) });
  });

  it('is asked in the words of Google, who does not count', () => {
    const question = questionTo('google');
    expect(question.path).toBe('/models/m:batchEmbedContents');
    expect(question.read(Buffer.from('{"embeddings":[{"values":[1,2]}]}'))).toEqual({ vector: [1, 2] });
  });

  it.each(['anthropic', 'bedrock', 'vertex'])('is not asked of %s', (kind) => {
    expect(embeddingQuestion(providerRow(kind) ?? { embeds: undefined }, ASKED)).toBeUndefined();
  });

  it.each([
    '',
    '{',
    '[]',
    '{}',
    '{"data":[]}',
    '{"data":[{"embedding":[]}]}',
    '{"error":{"message":"no"}}',
    '\u{FFFF}',
  ])('is not answered by %j', (reply) => expect(questionTo('openai').read(Buffer.from(reply))).toBeUndefined());
});
