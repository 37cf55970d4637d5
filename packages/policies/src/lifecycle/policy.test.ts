import { describe, expect, it } from 'vitest';
import type { Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools, linesOf } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';
import { momentIn } from '../moment.ts';

const lifecycle = joined('lifecycle');

policyContract(lifecycle, {
  valid: [
    {},
    { deprecated: '2026-06-01' },
    { deprecated: '2026-06-01', sunset: '2026-12-31T12:00:00+02:00', successor: 'https://a.example/v2?x=1' },
    { sunset: '2026-01-01', afterSunset: 'serve', brownouts: [{ from: '2025-12-01', to: '2025-12-02' }] },
  ],
  invalid: [
    { deprecated: 'yes' },
    { deprecated: '2026-02-31' },
    { deprecated: '2026-06-01T12:00' },
    { deprecated: '2026-06-02', sunset: '2026-06-01' },
    { successor: 'v2' },
    { successor: 'https://a.example/">' },
    { successor: 'https://a.example/\r\n' },
    { brownouts: [{ from: '2026-01-02', to: '2026-01-01' }] },
    { brownouts: [{ from: '2026-01-02' }] },
    { afterSunset: 'maybe' },
  ],
});

const CONFIG = {
  deprecated: '2026-06-01',
  sunset: '2026-12-31',
  successor: 'https://api.example.com/v2',
  docs: 'https://developer.example.com/migrate',
  brownouts: [{ from: '2026-12-01T08:00:00Z', to: '2026-12-01T09:00:00Z' }],
};

function at(time: string, config: object = CONFIG): { reply: Reply | undefined; lines: readonly string[] } {
  const exchange = fakeExchange({ startedAt: Date.parse(time) });
  const reply = ask(lifecycle.build(config, fakeTools()), exchange);
  return { reply, lines: linesOf(exchange.replyHeaders) };
}

describe('lifecycle', () => {
  it('tells on every reply since when, until when, and what follows', () => {
    expect(at('2026-06-16T00:00:00Z')).toEqual({
      reply: undefined,
      lines: [
        'deprecation: @1780272000',
        'sunset: Thu, 31 Dec 2026 00:00:00 GMT',
        'link: <https://api.example.com/v2>; rel="successor-version", <https://developer.example.com/migrate>; rel="deprecation"',
      ],
    });
  });

  it('refuses in a window, and says when it closes', () => {
    expect(at('2026-12-01T07:59:59Z').reply).toBeUndefined();
    expect(at('2026-12-01T08:00:00Z').reply).toMatchObject({
      code: 'route.brownout',
      headers: [['retry-after', '3600']],
    });
    expect(at('2026-12-01T08:59:59.500Z').reply).toMatchObject({ headers: [['retry-after', '1']] });
    expect(at('2026-12-01T09:00:00Z').reply).toBeUndefined();
  });

  it('ends at the sunset, and goes on telling', () => {
    expect(at('2026-12-30T23:59:59Z').reply).toBeUndefined();
    const { reply, lines } = at('2026-12-31T00:00:00Z');
    expect(reply).toMatchObject({ code: 'route.gone', detail: expect.stringContaining('https://api.example.com/v2') });
    expect(lines).toHaveLength(3);
    expect(at('2027-01-01T00:00:00Z', { ...CONFIG, afterSunset: 'serve' }).reply).toBeUndefined();
  });

  it('says nothing that it was not told', () => expect(at('2026-06-16T00:00:00Z', {}).lines).toEqual([]));
});

describe('a moment', () => {
  it.each([
    ['2026-06-01', Date.UTC(2026, 5, 1)],
    ['2024-02-29', Date.UTC(2024, 1, 29)],
    ['2026-02-29', undefined],
    ['2026-13-01', undefined],
    ['2026-06-01T10:00Z', Date.UTC(2026, 5, 1, 10)],
    ['2026-06-01T25:00Z', undefined],
    ['2026-06-01T10:00', undefined],
    ['1 June 2026', undefined],
  ])('%s', (text, expected) => expect(momentIn(text)).toBe(expected));
});
