import { describe, expect, it } from 'vitest';
import { aiSpec, pooled, provider } from './__fixtures__/ai-spec.ts';
import { RoutingBench, WELL } from './__fixtures__/routing-bench.ts';
import { RoutingMemory, TARGETS_REMEMBERED, type Rest } from './routing-memory.ts';

describe('the memory of a worker', () => {
  it('knows a target again', () => {
    const memory = new RoutingMemory();
    const target = memory.target('a', 'configuration');
    expect(memory.target('a', 'configuration')).toBe(target);
    expect(memory.target('b', 'configuration')).not.toBe(target);
    expect(memory.key('a')).toBe(memory.key('a'));
    expect(memory.budget('m', 0.2)).toBe(memory.budget('m', 0.2));
  });

  it('keeps what a key was used for apart by the window', () => {
    const memory = new RoutingMemory();
    expect(memory.meter('k', 1000)).toBe(memory.meter('k', 1000));
    expect(memory.meter('k', 1000)).not.toBe(memory.meter('k', 2000));
  });

  it('takes the share of a budget from the newest configuration', () => {
    const memory = new RoutingMemory();
    memory.budget('m', 0.2);
    expect(memory.budget('m', 0.5).share).toBe(0.5);
  });

  it('lets names that callers make up push out each other only', () => {
    const memory = new RoutingMemory();
    const configured = memory.target('a', 'configuration');
    const made = memory.target('a', 'caller');
    for (let n = 0; n < 3 * TARGETS_REMEMBERED; n++) memory.target(`made up ${n}`, 'caller');
    expect(memory.target('a', 'configuration')).toBe(configured);
    expect(memory.target('a', 'caller')).not.toBe(made);
  });
});

describe('what one worker tells the others', () => {
  const spec = aiSpec([pooled('p', ['one', 'two'])], { m: { targets: ['p/x'] }, n: { targets: ['p/y'] } });

  it.each([
    ['of a revoked key, for all models', 'authentication', { m: ['p/x#two'], n: ['p/y#two'] }],
    ['of an unpaid key, for all models', 'billing', { m: ['p/x#two'], n: ['p/y#two'] }],
    ['of a limited key, for the model', 'rate_limited', { m: ['p/x#two'], n: ['p/y#one', 'p/y#two'] }],
    ['nothing of weather', 'upstream', { m: ['p/x#one', 'p/x#two'], n: ['p/y#one', 'p/y#two'] }],
  ] as const)('is %s', (_name, cause, expected) => {
    const other = new RoutingBench(spec);
    const one = new RoutingBench(spec, { onRest: (rest) => other.memory.rest(rest, other.nowMs) });
    for (let n = 0; n < 40; n++) one.story('m', (name) => (name === 'p/x#one' ? { cause } : WELL));
    const served = (model: string): string[] => Object.keys(other.shares(model, 40)).toSorted();
    expect({ m: served('m'), n: served('n') }).toEqual(expected);
  });

  it('is nothing of models that callers make up', () => {
    const told: Rest[] = [];
    const bench = new RoutingBench(spec, { onRest: (rest) => told.push(rest) });
    bench.story('p/made-up', () => ({ cause: 'not_found' }));
    expect(told).toEqual([]);
  });
});

describe('what a router has learnt', () => {
  const spec = aiSpec([provider('a', 'openai'), provider('b', 'anthropic')], { m: { targets: ['a/x 9', 'b/y 1'] } });

  it('outlives its snapshot', () => {
    const bench = new RoutingBench(spec);
    bench.story('m', (name) => (name === 'a/x' ? { cause: 'billing' } : { firstTokenMs: 1, durationMs: 2 }));
    bench.publish(spec);
    expect(bench.shares('m', 50)).toEqual({ 'b/y': 50 });
  });

  it('is forgotten with a key that is replaced', () => {
    const bench = new RoutingBench(spec);
    bench.story('m', (name) => (name === 'a/x' ? { cause: 'billing' } : { firstTokenMs: 1, durationMs: 2 }));
    const providers = { ...spec.providers, a: provider('a', 'openai', { apiKey: 'new' }) };
    bench.publish({ ...spec, providers });
    expect(bench.shares('m', 50)['a/x']).toBeGreaterThan(30);
  });

  it('does not grow with the length of names that callers make up', () => {
    const bench = new RoutingBench(spec);
    const attempt = bench.plan(`a/${'x'.repeat(1_000_000)}`).first();
    expect(attempt?.model).toHaveLength(1_000_000);
    expect(attempt?.identity.length).toBeLessThan(500);
    const other = bench.plan(`a/${'x'.repeat(1_000_000)}y`).first();
    expect(other?.identity).not.toBe(attempt?.identity);
  });
});
