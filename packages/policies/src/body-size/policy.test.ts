import { describe, expect, it } from 'vitest';
import { ask, fakeExchange, fakeTools } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const bodySize = joined('body-size');

policyContract(bodySize, {
  valid: [{ max: '0B' }, { max: '64KiB' }, { max: '10MB' }, { max: '1.5GiB' }],
  invalid: [{}, { max: 10 }, { max: '10' }, { max: '10 MB' }, { max: '-1B' }, { max: '10TB' }, { max: '9999999999GB' }],
});

describe('body-size', () => {
  const hooks = bodySize.build({ max: '1KB' }, fakeTools());

  it('refuses a declared length above the size at once', () => {
    expect(ask(hooks, fakeExchange({ contentLength: 1001 }))).toEqual({
      code: 'request.body_too_large',
      detail: 'The body may have at most 1000 bytes',
    });
  });

  it('lets a body of exactly the size through', () => {
    expect(ask(hooks, fakeExchange({ contentLength: 1000 }))).toBeUndefined();
  });

  it('lowers the number that a body of unknown length is counted against', () => {
    const exchange = fakeExchange({ contentLength: undefined });
    expect(ask(hooks, exchange)).toBeUndefined();
    expect(exchange.bodyBytesMax).toBe(1000);
  });

  it('never raises that number', () => {
    const exchange = fakeExchange({ bodyBytesMax: 10 });
    ask(hooks, exchange);
    expect(exchange.bodyBytesMax).toBe(10);
  });
});
