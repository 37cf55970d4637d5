import { describe, expect, it } from 'vitest';
import { entitySpotter } from './entity-spotter.ts';

const CARD = '4111 1111 1111 1111';
const TEXT = `Write to jane@example.com, card ${CARD}, key sk-proj-${'a1B2c3D4'.repeat(6)} please.`;

function found(text: string, ...[entities, goesOn = false]: [Parameters<typeof entitySpotter>[0], boolean?]): string[] {
  const { spots, decided } = entitySpotter(entities)(text, goesOn);
  return spots
    .filter(({ start }) => start < decided)
    .map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);
}

describe('entitySpotter', () => {
  it('finds what it is asked for and nothing else', () => {
    expect(found(TEXT, ['email'])).toEqual(['email jane@example.com']);
    expect(found(TEXT, ['card'])).toEqual([`card ${CARD}`]);
    expect(found(TEXT, ['api_key', 'card']).map((each) => each.split(' ')[0])).toEqual(['card', 'api_key']);
    expect(found(TEXT, [])).toEqual([]);
  });

  it('takes one word for the numbers of all states', () => {
    expect(found('SSN 536-90-4399, thanks', ['national_id'])).toEqual(['us_ssn 536-90-4399']);
  });

  it('shows no beginning of what was cut off', () => {
    const spotter = entitySpotter(['email', 'card']);
    const whole = TEXT.indexOf('key');
    for (let end = 0; end < whole; end++) {
      const text = TEXT.slice(0, end);
      const { spots, decided } = spotter(text, true);
      let shown = text.slice(0, decided);
      for (const { start } of spots) shown = shown.slice(0, start);
      expect(shown).not.toMatch(/jane@|4111/);
    }
  });
});
