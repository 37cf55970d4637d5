import { describe, expect, it } from 'vitest';
import { ask, fakeExchange, fakeTools } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const ipAccess = joined('ip-access');

policyContract(ipAccess, {
  valid: [
    {},
    { allow: [], deny: [] },
    { allow: ['10.0.0.0/8', '2001:db8::/32'] },
    { allow: ['0.0.0.0/0', '::/0'], deny: ['192.0.2.7', '::1'] },
    { deny: ['::ffff:10.0.0.0/104'] },
  ],
  invalid: [
    { allow: ['10.0.0.0/33'] },
    { allow: ['10.0.0/8'] },
    { deny: ['example.com'] },
    { deny: ['2001:db8::/129'] },
    { deny: [''] },
    { deny: '10.0.0.0/8' },
    { deny: ['10.0.0.0/8', 'x'] },
  ],
});

interface Lists {
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
}

function check(lists: Lists, clientIp: string, expected: 'passes' | 'refused'): void {
  const reply = ask(ipAccess.build(lists, fakeTools()), fakeExchange({ clientIp }));
  if (expected === 'passes') expect(reply).toBeUndefined();
  else expect(reply).toMatchObject({ code: 'auth.ip_denied' });
}

describe('ip-access', () => {
  it('lets everybody through when both lists are empty', () => {
    check({}, '192.0.2.7', 'passes');
    check({ allow: [], deny: [] }, 'nonsense', 'passes');
  });

  it('refuses whom deny names and nobody else', () => {
    check({ deny: ['192.0.2.0/24'] }, '192.0.2.255', 'refused');
    check({ deny: ['192.0.2.0/24'] }, '192.0.3.0', 'passes');
    check({ deny: ['192.0.2.0/24'] }, '2001:db8::1', 'passes');
  });

  it('refuses everybody whom a non-empty allow does not name', () => {
    check({ allow: ['10.0.0.0/8'] }, '10.255.255.255', 'passes');
    check({ allow: ['10.0.0.0/8'] }, '11.0.0.0', 'refused');
    check({ allow: ['10.0.0.0/8'] }, '::1', 'refused');
  });

  it('lets deny win over allow', () => {
    check({ allow: ['10.0.0.0/8'], deny: ['10.0.0.7'] }, '10.0.0.7', 'refused');
    check({ allow: ['10.0.0.7'], deny: ['10.0.0.0/8'] }, '10.0.0.7', 'refused');
    check({ allow: ['10.0.0.0/8'], deny: ['10.0.0.7'] }, '10.0.0.8', 'passes');
  });

  it('treats an IPv4-mapped address as its IPv4 form, in lists and in callers', () => {
    check({ deny: ['10.0.0.0/8'] }, '::ffff:10.1.2.3', 'refused');
    check({ deny: ['10.0.0.0/8'] }, '::ffff:a01:203', 'refused');
    check({ deny: ['::ffff:10.0.0.0/104'] }, '10.1.2.3', 'refused');
    check({ allow: ['::ffff:10.0.0.1'] }, '10.0.0.1', 'passes');
  });

  it('does not count IPv4 callers among those of ::/0', () => {
    check({ allow: ['::/0'] }, '10.0.0.1', 'refused');
    check({ allow: ['::/0'] }, '::ffff:10.0.0.1', 'refused');
    check({ allow: ['::/0'] }, '2001:db8::1', 'passes');
  });

  it('refuses an address that cannot be read as soon as there is a list', () => {
    check({ deny: ['10.0.0.0/8'] }, '', 'refused');
    check({ allow: ['0.0.0.0/0'] }, '010.0.0.1', 'refused');
  });

  it('says which entry is no network', () => {
    expect(() => ipAccess.build({ allow: ['10.0.0.0/8', '10.0.0.0/40'] }, fakeTools())).toThrow(
      'ip-access/allow/1 is not a network, write one such as 10.0.0.0/8',
    );
  });
});
