import fc from 'fast-check';
import { Check } from 'typebox/value';
import { describe, expect, it } from 'vitest';
import { hedgeMoment, hedgeMomentText } from './hedge-moment.ts';

const schema = hedgeMomentText({ description: '', default: 'p95' });

describe('the moment of a hedge', () => {
  it.each(['', 'p', 'p5', 'p49', 'p100', 'P95', '95%', '0ms', '2m', '1h', '-1s', 'soon'])('is not %j', (text) =>
    expect(Check(schema, text)).toBe(false),
  );

  it('is a quantile or a time within its bounds, whatever is written', () => {
    const near = fc.tuple(
      fc.constantFrom('p', ''),
      fc.nat(200_000).map(String),
      fc.constantFrom('', 'ms', 's', 'm', '%'),
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          near.map((parts) => parts.join('')),
        ),
        (text) => {
          if (!Check(schema, text)) return;
          const moment = hedgeMoment(text);
          const value = moment.kind === 'after' ? moment.afterMs / 60_000 : moment.quantile;
          expect(value).toBeGreaterThan(0);
          expect(value).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
