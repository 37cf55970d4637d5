import { describe, expect, it } from 'vitest';
import { readModeration } from './moderation-reply.ts';

const read = (body: unknown, texts = 1) => {
  return readModeration(Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)), texts);
};

describe('readModeration', () => {
  it('takes the worst of several texts', () => {
    const results = [
      { flagged: false, category_scores: { hate: 0.2, violence: 0.1 } },
      { flagged: true, category_scores: { hate: 0.1, violence: 0.9 } },
    ];
    expect(read({ results }, 2)).toEqual({ flagged: true, scores: { hate: 0.2, violence: 0.9 } });
  });

  it('goes by the categories of a vendor that says nothing of the whole', () => {
    const categories = { pii: false, selfharm: true };
    expect(read({ results: [{ categories, category_scores: { pii: 0, selfharm: 0.7 } }] })).toEqual({
      flagged: true,
      scores: { pii: 0, selfharm: 0.7 },
    });
    expect(read({ results: [{ categories: { pii: false } }] })).toEqual({ flagged: false, scores: {} });
  });

  it('passes over scores that are no numbers', () => {
    const scores = '{"results":[{"flagged":false,"category_scores":{"a":"1","b":null,"__proto__":1,"c":0.5}}]}';
    expect(read(scores)?.scores).toEqual({ c: 0.5, ['__proto__']: 1 });
  });

  it.each([
    '',
    '{',
    'null',
    '7',
    '[]',
    '{}',
    '{"results":{}}',
    '{"results":[]}',
    '{"results":[{},{}]}',
    '{"results":[null]}',
    '{"results":[[]]}',
    '{"results":[{"flagged":"no"}]}',
    '{"results":[{"category_scores":{"a":1}}]}',
    '{"results":[{"flagged":false},{"flagged":false}]}',
  ])('takes %s for no judgement', (body) => {
    expect(read(body)).toBeUndefined();
  });
});
