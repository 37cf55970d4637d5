import { describe, expect, it } from 'vitest';
import type { Verdict } from '@gatehouse/counters';
import { LimitReport, showLimits } from './limit-report.ts';
import type { Exchange } from './policy.ts';
import { fakeExchange, linesOf } from './testing/fake-exchange.ts';

const allowed = (remaining: number, resetMs = 60_000): Verdict => ({ allowed: true, remaining, resetMs, retryMs: 0 });
const MINUTE = { limit: 100, windowMs: 60_000 };

function tell(exchange: Exchange, report: LimitReport, verdict: Verdict): void {
  showLimits(exchange.replyHeaders, { policies: report.policy, states: report.state(verdict) });
  report.note(exchange, verdict);
}

describe('LimitReport', () => {
  it('rounds times up to whole seconds', () => {
    const exchange = fakeExchange();
    tell(exchange, new LimitReport('a', { limit: 100, windowMs: 1500 }), allowed(42, 1001));
    expect(linesOf(exchange.replyHeaders)).toEqual(['ratelimit-policy: "a";q=100;w=2', 'ratelimit: "a";r=42;t=2']);
  });

  it('appends to its own lines and to no line that merely resembles them', () => {
    const exchange = fakeExchange();
    exchange.replyHeaders.add('x-note', 'ratelimit: none');
    exchange.replyHeaders.add('x-ratelimit', '7');
    for (const name of ['a', 'b', 'c']) tell(exchange, new LimitReport(name, MINUTE), allowed(1));
    exchange.replyHeaders.add('x-after', '1');
    expect(linesOf(exchange.replyHeaders)).toEqual([
      'x-note: ratelimit: none',
      'x-ratelimit: 7',
      'ratelimit-policy: "a";q=100;w=60, "b";q=100;w=60, "c";q=100;w=60',
      'ratelimit: "a";r=1;t=60, "b";r=1;t=60, "c";r=1;t=60',
      'x-after: 1',
    ]);
  });

  it('notes the limit that came nearest', () => {
    const exchange = fakeExchange();
    tell(exchange, new LimitReport('far', MINUTE), allowed(90));
    tell(exchange, new LimitReport('near', { limit: 10, windowMs: 1000 }), allowed(2));
    tell(exchange, new LimitReport('between', MINUTE), allowed(50));
    expect(exchange.notes).toEqual({ limit: 'near', limitLeft: 0.2 });
  });

  it('notes a limit that refused, though units of it are left', () => {
    const exchange = fakeExchange();
    tell(exchange, new LimitReport('near', MINUTE), allowed(1));
    tell(exchange, new LimitReport('refused', MINUTE), { allowed: false, remaining: 9, resetMs: 1, retryMs: 1 });
    expect(exchange.notes).toEqual({ limit: 'refused', limitLeft: 0 });
  });

  it('names no time to come back to a call that can never pass', () => {
    const reply = new LimitReport('a', MINUTE).refuse('limit.rate', {
      ...allowed(1),
      allowed: false,
      retryMs: Infinity,
    });
    expect(reply).toEqual({ code: 'limit.rate', detail: 'This call costs more than "a" ever allows' });
  });

  it('replaces what a quoted string would have to escape', () => {
    expect(new LimitReport('a"b\\c\r\nd\u00e9', MINUTE).name).toBe('a_b_c__d_');
  });
});
