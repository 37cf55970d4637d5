import type { PolicySpec } from '@gatehouse/config';
import { describe, expect, it } from 'vitest';
import { buildPipeline, type Pipeline } from './pipeline.ts';
import { POLICIES, policyByName } from './policies.ts';
import type { PolicyTools } from './policy.ts';
import { POLICY_SCHEMAS } from './policy-schemas.ts';
import { fakeExchange, fakeReplyHead, fakeTools, linesOf } from './testing/fake-exchange.ts';
import { joined, NO_CONTEXT } from './testing/joined.ts';

const spec = (name: string, config: unknown): PolicySpec => ({
  name,
  config: joined(name).parse(config),
  scope: `test#${name}.0`,
});
const RATE = spec('rate-limit', { limit: 1, window: '1m' });
const CORS = spec('cors', { origins: ['*'] });
const BODY = spec('body-size', { max: '1KB' });
const REWRITE = spec('rewrite', { path: '/x' });
const response = (value: string): PolicySpec => spec('headers', { response: { set: { 'x-a': value } } });

function build(...specs: PolicySpec[]): Pipeline {
  const tools = fakeTools();
  return buildPipeline(specs, { find: policyByName, toolsFor: (index) => ({ ...tools, scope: `test#${index}` }) });
}

describe('buildPipeline', () => {
  it('orders policies by stage, and inside a stage as written', () => {
    const { guard, admit, shape, broken } = build(REWRITE, BODY, RATE, CORS);
    expect(guard.map((step) => step.name)).toEqual(['cors']);
    expect(admit.map((step) => step.name)).toEqual(['body-size', 'rate-limit']);
    expect(shape.map(({ name, place }) => [name, place])).toEqual([['rewrite', 3]]);
    expect(broken).toBeUndefined();
  });

  it('holds only hooks that exist', () => {
    const { guard, admit, shape, onReplyHead, onEnd } = build(response('1'), spec('ip-access', {}), RATE);
    expect([guard, admit, shape].flat()).toHaveLength(1);
    expect(onReplyHead).toHaveLength(1);
    expect(onEnd).toHaveLength(0);
  });

  it('gives each policy the tools of its place as written', () => {
    const scopes: number[] = [];
    const toolsFor = (index: number): PolicyTools => {
      scopes.push(index);
      return fakeTools(`test#${index}`);
    };
    buildPipeline([RATE, CORS, RATE], { find: policyByName, toolsFor });
    expect(scopes).toEqual([0, 1, 2]);
  });

  it('lets the last of two policies have the last word on a reply', () => {
    const exchange = fakeExchange();
    for (const { run } of build(response('1'), response('2')).onReplyHead) run(exchange, fakeReplyHead());
    expect(linesOf(exchange.replyHeaders)).toEqual(['x-a: 2']);
  });

  it.each([
    ['100%', true],
    ['0%', false],
  ])('knows whether a policy that looks at %s takes a reply', (sample, expected) => {
    const document = { file: 'a.yaml', text: 'openapi: 3.1.0\npaths: {}' };
    const watching = joined('drift', { ...NO_CONTEXT, document });
    const config = watching.compile?.(watching.parse({ sample }), { ...NO_CONTEXT, document });
    const { guard, onReply } = build({ name: 'drift', config, scope: '' }, spec('compress', {}));
    const exchange = fakeExchange();
    expect(guard.filter(({ name }) => name === 'drift').map((step) => step.run(exchange))).toEqual([undefined]);
    expect(onReply.map(({ name, wants }) => [name, wants?.(exchange)])).toEqual([
      ['drift', expected],
      ['compress', undefined],
    ]);
  });

  it('counts two limits of one route apart', () => {
    const { admit } = build(RATE, spec('rate-limit', { limit: 5, window: '1m' }));
    expect(admit.map((step) => step.run(fakeExchange()))).toEqual([undefined, undefined]);
  });

  it.each([
    ['that lacks its defaults', { ...RATE, name: 'cors', config: {} }],
    ['that no schema let through', { ...REWRITE, config: null }],
    ['with a text that no schema let through', { ...RATE, config: { limit: 1, window: 'soon' } }],
  ])('reports a policy with a config %s, and builds the others', (_, broken) => {
    const pipeline = build(CORS, broken, BODY);
    expect(pipeline.broken).toEqual({ name: broken.name, reason: expect.stringMatching(/./) });
    expect([...pipeline.guard, ...pipeline.admit].map((step) => step.name)).toEqual(['cors', 'body-size']);
  });

  it('reports a policy that nobody knows', () => {
    expect(build({ name: 'rate_limit', config: {}, scope: '' }).broken).toEqual({
      name: 'rate_limit',
      reason: 'there is no policy of this name',
    });
  });

  it('reports a policy whose tools cannot be made', () => {
    const toolsFor = (): PolicyTools => {
      throw new Error('no counters');
    };
    const { broken } = buildPipeline([RATE], { find: policyByName, toolsFor });
    expect(broken).toEqual({ name: 'rate-limit', reason: 'Error: no counters' });
  });

  it('is empty for a route without policies', () => {
    expect(Object.values(build()).flat()).toEqual([undefined]);
  });
});

describe('POLICIES', () => {
  it('holds every name once', () => {
    const names = POLICIES.map((policy) => policy.name);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual(
      expect.arrayContaining(['rate-limit', 'headers', 'ip-access', 'cors', 'body-size', 'rewrite']),
    );
  });

  it('holds the same names as the table of their schemas, in the same order', () => {
    expect(POLICY_SCHEMAS.map(({ name }) => name)).toEqual(POLICIES.map(({ name }) => name));
  });

  it('is found by name and by nothing that merely looks like one', () => {
    expect(policyByName('cors')?.name).toBe('cors');
    for (const name of ['', 'CORS', 'constructor', '__proto__']) expect(policyByName(name)).toBeUndefined();
  });
});
