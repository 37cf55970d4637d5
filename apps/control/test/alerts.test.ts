import { describe, expect, it } from 'vitest';
import { openAlertHouse } from './alert-house.ts';

describe('a threshold', () => {
  it('is told by mail once when it is passed, and once when that is over', async () => {
    const house = await openAlertHouse();
    await house.make('contacts', { name: 'ops', emails: ['ops@example.com'] });
    await house.make('alerts', {
      name: 'errors',
      condition: { threshold: { metric: 'errorRate', above: 0.1, windowSeconds: 300 } },
      severity: 'critical',
      contacts: ['ops'],
      runbook: 'https://example.com/errors',
    });
    house.calls.addMany(100, { fromMs: house.nowMs(), toMs: house.nowMs() + 60_000 }, { api: 'users-1', status: 503 });
    await house.pass(3);
    expect(house.subjects()).toEqual(['[Firing] errors: all calls (critical, default)']);
    expect(house.post.read.at(-1)).toContain('errorRate 1 (limit: above 0.1)');
    expect(house.post.read.at(-1)).toContain('What to do: https://example.com/errors');
    await house.pass(10);
    expect(house.subjects()).toEqual(['[Resolved] errors: all calls (critical, default)']);
  });
});
