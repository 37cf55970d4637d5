import { describe, expect, it } from 'vitest';
import type { Exchange } from '../policy.ts';
import { ask, fakeExchange, fakeReplyHead, fakeTools, linesOf } from '../testing/fake-exchange.ts';
import { joined } from '../testing/joined.ts';
import { policyContract } from '../testing/policy-contract.ts';

const headers = joined('headers');

const FRAMING = ['Content-Length', 'transfer-encoding', 'Connection', 'upgrade', 'TE', 'trailer', 'Keep-Alive'];

policyContract(headers, {
  valid: [
    {},
    { request: {}, response: { set: {}, add: {}, remove: [] } },
    { request: { set: { 'X-Env': 'prod', host: 'internal.example' }, add: { 'x-tag': 'a' }, remove: ['Cookie'] } },
    { response: { set: { 'Strict-Transport-Security': 'max-age=31536000' }, remove: ['Server'] } },
    { response: { add: { vary: 'Accept', 'X-Gatehouse-Note': '\tfine' }, remove: ['x-gatehouse-model'] } },
  ],
  invalid: [
    { request: { set: { 'bad name': 'x' } } },
    { request: { set: { '': 'x' } } },
    { request: { set: { 'x-a': 'b\r\nx-evil: 1' } } },
    { response: { add: { 'x-a': 'naïve' } } },
    { response: { set: { 'x-a': 1 } } },
    { request: { set: { 'X-A': '1', 'x-a': '2' } } },
    { request: { remove: ['a b'] } },
    { request: { add: { host: 'x' } } },
    { request: { remove: ['Host'] } },
    { response: { set: { host: 'x' } } },
    { request: { set: { content_length: '5' } } },
    { request: { set: { 'X-Gatehouse-Application': 'admin' } } },
    { request: { add: { x_gatehouse_application: 'admin' } } },
    ...FRAMING.flatMap((name) => [
      { request: { set: { [name]: 'x' } } },
      { request: { add: { [name]: 'x' } } },
      { request: { remove: [name] } },
      { response: { set: { [name]: 'x' } } },
      { response: { add: { [name]: 'x' } } },
      { response: { remove: [name] } },
    ]),
  ],
});

function run(config: unknown, exchange: Exchange = fakeExchange()): Exchange {
  const hooks = headers.build(config, fakeTools());
  expect(ask(hooks, exchange)).toBeUndefined();
  hooks.onReplyHead?.(exchange, fakeReplyHead());
  return exchange;
}

describe('headers', () => {
  it('replaces, adds and removes fields of the request', () => {
    const config = { request: { set: { 'X-Env': 'prod' }, add: { 'X-Tag': 'a' }, remove: ['Cookie'] } };
    const { upstreamHeaders, replyHeaders } = run(config);
    expect(upstreamHeaders.removed).toEqual(['cookie', 'x-env']);
    expect(linesOf(upstreamHeaders)).toEqual(['x-env: prod', 'x-tag: a']);
    expect(replyHeaders.empty).toBe(true);
  });

  it('replaces, adds and removes fields of the reply', () => {
    const config = { response: { set: { 'X-Frame-Options': 'DENY' }, add: { Vary: 'Accept' }, remove: ['Server'] } };
    const { upstreamHeaders, replyHeaders } = run(config);
    expect(replyHeaders.removed).toEqual(['server', 'x-frame-options']);
    expect(linesOf(replyHeaders)).toEqual(['x-frame-options: DENY', 'vary: Accept']);
    expect(upstreamHeaders.empty).toBe(true);
  });

  it('waits with changes to the reply until there is one from the upstream', () => {
    const exchange = fakeExchange();
    ask(headers.build({ response: { set: { 'x-a': '1' } } }, fakeTools()), exchange);
    expect(exchange.replyHeaders.empty).toBe(true);
  });

  it('replaces what an earlier policy wrote, and adds beside it', () => {
    const exchange = fakeExchange();
    run({ response: { set: { 'x-a': '1', 'x-b': '1' } } }, exchange);
    run({ response: { set: { 'X-A': '2' }, add: { 'x-b': '2' } } }, exchange);
    expect(linesOf(exchange.replyHeaders)).toEqual(['x-b: 1', 'x-a: 2', 'x-b: 2']);
  });

  it('may name another host for the upstream', () => {
    const { upstreamHeaders } = run({ request: { set: { Host: 'internal.example' } } });
    expect(linesOf(upstreamHeaders)).toEqual(['host: internal.example']);
  });

  it('has no hooks when there is nothing to change', () => {
    expect(headers.build({ request: { remove: [] } }, fakeTools())).toEqual({});
  });

  it('says which field it refuses and why', () => {
    expect(() => run({ response: { set: { Upgrade: 'h2c' } } })).toThrow(
      'headers/response/set/Upgrade belongs to the connection and not to a policy, leave it out',
    );
    expect(() => run({ request: { set: { 'x-a': 'é' } } })).toThrow('headers/request/set/x-a must match pattern');
  });
});
