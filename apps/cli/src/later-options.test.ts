import { describe, expect, it } from 'vitest';
import { CommandFailure } from './failure.ts';
import { requireNothingLater } from './later-options.ts';

const HERE = { counters: 'embedded' };

describe('requireNothingLater', () => {
  it('lets what is there pass', () => {
    requireNothingLater(HERE);
  });

  const cases: Readonly<Record<string, readonly [Partial<typeof HERE>, string]>> = {
    'a server of counters': [
      { counters: 'redis://127.0.0.1:6379' },
      '--counters (GATEHOUSE_COUNTERS): redis:// is not available in this version; leave it out, or write "embedded" (in memory that the workers share)',
    ],
    'a word that nobody knows': [
      { counters: 'yes' },
      '--counters (GATEHOUSE_COUNTERS): that value is not available in this version; leave it out, or write "embedded" (in memory that the workers share)',
    ],
  };
  for (const [name, [flags, message]] of Object.entries(cases)) {
    it(`refuses ${name}, and says what there is`, () => {
      expect(() => requireNothingLater({ ...HERE, ...flags })).toThrow(new CommandFailure(message));
    });
  }

  it('repeats no password', () => {
    const counters = 'redis://gate:secret@counters';
    expect(() => requireNothingLater({ ...HERE, counters })).toThrow(/^(?!.*secret)/s);
  });
});
