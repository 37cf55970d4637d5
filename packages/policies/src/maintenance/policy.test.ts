import { describe, expect, it } from 'vitest';
import type { Reply } from '../policy.ts';
import { ask, fakeExchange, fakeTools, type FakeExchangeOptions } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const maintenance = joined('maintenance');

policyContract(maintenance, {
  valid: [
    {},
    { on: false },
    { retryAfter: '1h', allow: ['10.0.0.0/8', '::1'] },
    { until: '2026-12-01T06:00:00Z', message: 'zurück um sechs' },
  ],
  invalid: [
    { on: 'yes' },
    { retryAfter: 600 },
    { until: 'tomorrow' },
    { allow: ['10.0.0.0/40'] },
    { allow: '10.0.0.0/8' },
    { message: '' },
    { message: 'a\r\nb' },
  ],
});

function check(config: object, call: FakeExchangeOptions, expected: Reply | undefined): void {
  const reply = ask(maintenance.build(config, fakeTools()), fakeExchange(call));
  if (expected === undefined) expect(reply).toBeUndefined();
  else expect(reply).toMatchObject(expected);
}

const refused = (seconds: string): Reply => ({
  code: 'route.maintenance',
  detail: 'this is being worked on, try again later',
  headers: [['retry-after', seconds]],
});
const at = (time: string): FakeExchangeOptions => ({ startedAt: Date.parse(time) });

describe('maintenance', () => {
  it('refuses everybody, and says when to try again', () => {
    check({}, {}, refused('300'));
    check({ retryAfter: '1500ms' }, {}, refused('2'));
  });

  it('says what it is told to say', () => {
    check({ message: 'back at six' }, {}, { code: 'route.maintenance', detail: 'back at six' });
  });

  it('lets everybody through when it is off', () => check({ on: false }, {}, undefined));

  it('ends by itself', () => {
    const config = { until: '2026-12-01T06:00:00Z', retryAfter: '1d' };
    check(config, at('2026-12-01T05:59:00Z'), refused('60'));
    check(config, at('2026-12-01T05:59:59.999Z'), refused('1'));
    check(config, at('2026-12-01T06:00:00Z'), undefined);
  });

  it('lets those through who are allowed to call', () => {
    const config = { allow: ['10.0.0.0/8', '2001:db8::/32'] };
    check(config, { clientIp: '10.1.2.3' }, undefined);
    check(config, { clientIp: '::ffff:10.1.2.3' }, undefined);
    check(config, { clientIp: '2001:db8::7' }, undefined);
    check(config, { clientIp: '192.0.2.7' }, refused('300'));
    check(config, { clientIp: '' }, refused('300'));
    check(config, { clientIp: '10.1.2' }, refused('300'));
  });
});
