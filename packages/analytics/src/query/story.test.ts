import { describe, expect, it } from 'vitest';
import { sampleCalls } from '../testing/sample-calls.ts';
import { storyOf } from './story.ts';

const [sample] = sampleCalls({ count: 1, fromMs: 0, toMs: 1 });
if (sample === undefined) throw new Error('no sample');
const { code: _code, aiModel: _model, cacheStatus: _cache, ...plain } = sample;
const base = { ...plain, status: 200, gatewayMs: 1, durationMs: 10 };

describe('storyOf', () => {
  it('tells of each part in its order, and when it began', () => {
    const steps = storyOf({
      ...base,
      guardMs: 0.2,
      identifyMs: 0.3,
      admitMs: 0.5,
      connectMs: 1,
      firstByteMs: 6,
      bodyMs: 3,
      upstream: 'http://a:80',
      application: 'web',
      limit: 'plan#0',
    });
    expect(steps.map(({ step, fromMs, tookMs }) => [step, fromMs, tookMs])).toEqual([
      ['guard', 0, 0.2],
      ['identify', 0.2, 0.3],
      ['admit', 0.5, 0.5],
      ['connect', 1, 1],
      ['first byte', 2, 5],
      ['body', 7, 3],
    ]);
    expect(steps.find(({ step }) => step === 'admit')?.detail).toBe('plan#0');
  });

  it('ends with the answer where no upstream was asked', () => {
    const steps = storyOf({ ...base, status: 429, code: 'limit.rate', limit: 'plan#0', durationMs: 1 });
    expect(steps.at(-1)).toMatchObject({ step: 'answer', detail: 'limit.rate; 429' });
  });

  it('covers the whole of every call, without gaps', () => {
    for (const record of sampleCalls({ count: 300, fromMs: 0, toMs: 1000 })) {
      const steps = storyOf({
        ...record,
        connectMs: 0.1,
        firstByteMs: record.durationMs - record.gatewayMs,
        bodyMs: 0,
      });
      const end = steps.at(-1);
      expect((end?.fromMs ?? 0) + (end?.tookMs ?? 0)).toBeCloseTo(record.durationMs, 6);
    }
  });
});
