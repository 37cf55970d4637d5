import { GatehouseError, randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { ModelRouter } from './model-router.ts';
import type { RoutePlan } from './route-plan.ts';
import { aiSpec, provider } from './__fixtures__/ai-spec.ts';
import { label, RoutingBench, WELL, type Behave } from './__fixtures__/routing-bench.ts';

const PROVIDERS = [
  provider('openai', 'openai'),
  provider('claude', 'anthropic'),
  provider('local', 'openai-compatible'),
  provider('second', 'openai'),
  provider('bird', 'demo', { apiKey: undefined }),
];

const SPEC = aiSpec(PROVIDERS, {
  assistant: { targets: ['openai/gpt-5 9', 'claude/haiku 1'], fallback: ['local/llama', 'openai/gpt-5', 'bird/demo'] },
  single: { targets: ['openai/gpt-5'] },
  equal: { targets: ['openai/a', 'claude/b', 'local/c'] },
  drained: { targets: ['openai/a 0', 'claude/b 0', 'local/c 1'] },
  reserves: { targets: ['openai/a 0', 'claude/b 0'] },
  'openai/gpt-5': { targets: ['local/llama'] },
  'org/größe 7b:x@y': { targets: ['local/llama'] },
});

const half = (): number => 0.5;

function begun(name: string, random = half, spec = SPEC): RoutePlan | undefined {
  return new ModelRouter(spec).begin(name, { random, now: () => 50_000, streaming: true });
}

/** Where the call is sent first. */
function first(name: string, spec = SPEC): string | undefined {
  const attempt = begun(name, half, spec)?.first();
  return attempt && label(attempt);
}

/** Where a call goes that fails wherever it goes; nothing is known of any target when it begins. */
function way(name: string, random = half): string[] {
  const plan = begun(name, random);
  const places: string[] = [];
  for (let attempt = plan?.first(); attempt !== undefined;) {
    places.push(label(attempt));
    attempt = plan?.after({ attempt, cause: 'timeout', committed: false })?.attempt;
  }
  return places;
}

describe('ModelRouter sends a call', () => {
  it('to the targets first, then to the fallbacks, to each place once', () => {
    expect(way('assistant')).toEqual(['openai/gpt-5', 'claude/haiku', 'local/llama', 'bird/demo']);
  });

  it('to a single target as it is', () => expect(way('single')).toEqual(['openai/gpt-5']));

  it('to the place of an alias before that of a direct name which is spelt alike', () => {
    expect(way('openai/gpt-5')).toEqual(['local/llama']);
  });

  it('by an alias with slash, space, colon and at', () => {
    expect(way('org/größe 7b:x@y')).toEqual(['local/llama']);
  });

  it('nowhere by a name that nobody knows', () => {
    for (const name of ['', 'llama', 'Assistant', 'constructor', '__proto__', 'toString']) {
      expect(begun(name)).toBeUndefined();
    }
  });

  it('with the provider as configured, its key included', () => {
    expect(begun('single')?.first()?.provider).toBe(PROVIDERS[0]);
  });

  it('by an identity that holds no key', () => {
    expect(begun('single')?.first()?.identity).not.toContain('key of openai');
  });

  it('not at all when a model names a provider that is not there', () => {
    const spec = aiSpec([], { broken: { targets: ['ghost/x'] } });
    expect(() => new ModelRouter(spec)).toThrow(GatehouseError);
  });
});

describe('ModelRouter weighs', () => {
  it('equal targets equally, at every try', () => {
    const random = randomFrom(42);
    const ways = Array.from({ length: 1500 }, () => way('equal', random));
    for (const position of [0, 1, 2]) {
      for (const place of ['openai/a', 'claude/b', 'local/c']) {
        const count = ways.filter((places) => places[position] === place).length;
        expect(count / ways.length).toBeCloseTo(1 / 3, 1);
      }
    }
  });

  it('what is left fairly when one target rests', () => {
    const bench = new RoutingBench(SPEC, { seed: 42 });
    const behave: Behave = (name) => (name === 'openai/a' ? { cause: 'billing' } : WELL);
    bench.traffic('equal', { calls: 20, everyMs: 10, behave });
    const { 'claude/b': b = 0, 'local/c': c = 0 } = bench.shares('equal', 10_000);
    expect(b + c).toBe(10_000);
    expect(b / 10_000).toBeCloseTo(0.5, 1);
  });

  it('targets of weight 0 last, and those in their order', () => {
    for (const fraction of [0, 0.5, 1 - 2 ** -32]) {
      expect(way('drained', () => fraction)).toEqual(['local/c', 'openai/a', 'claude/b']);
      expect(way('reserves', () => fraction)).toEqual(['openai/a', 'claude/b']);
    }
  });

  it('all the same at both ends of chance', () => {
    for (const fraction of [0, 1 - 2 ** -32]) expect(way('equal', () => fraction)).toHaveLength(3);
  });
});

describe('ModelRouter with targets that rest', () => {
  it('takes the one that is ready soonest when all of them do', () => {
    const bench = new RoutingBench(SPEC);
    const waits: Readonly<Record<string, number>> = { 'openai/a': 9000, 'claude/b': 3000, 'local/c': 6000 };
    const behave: Behave = (name) => ({ cause: 'rate_limited', retryAfterMs: waits[name] ?? 0, committed: true });
    for (let n = 0; n < 3; n++) bench.story('equal', behave);
    expect(bench.first('equal')).toBe('claude/b');
  });

  it('keeps models of one key apart that is well itself', () => {
    const bench = new RoutingBench(SPEC);
    bench.story('single', () => ({ cause: 'rate_limited', retryAfterMs: 60_000 }));
    expect(bench.shares('assistant', 20)).toEqual({ 'claude/haiku': 20 });
    expect(bench.shares('equal', 300)['openai/a']).toBeGreaterThan(70);
  });
});

describe('ModelRouter resolves directly', () => {
  const cases: Readonly<Record<string, readonly [string, string | undefined]>> = {
    'a configured provider and any model': ['claude/claude-opus', 'claude/claude-opus'],
    'a model with slashes of its own': ['local/org/llama:7b', 'local/org/llama:7b'],
    'a kind through the first provider of that kind': ['anthropic/claude-opus', 'claude/claude-opus'],
    'the name of a provider before a kind': ['second/gpt-5', 'second/gpt-5'],
    "a vendor's own name of a model": ['gpt-5-mini', 'openai/gpt-5-mini'],
    "another vendor's own name of a model": ['claude-haiku-5', 'claude/claude-haiku-5'],
    'the demo models': ['demo-error-500', 'bird/demo-error-500'],
    'no vendor that is not configured': ['gemini-3-pro', undefined],
    'no kind that is not configured': ['groq/llama', undefined],
    'no empty model': ['claude/', undefined],
    'no empty provider': ['/gpt-5', undefined],
  };
  for (const [name, [model, expected]] of Object.entries(cases)) {
    it(name, () => expect(first(model)).toBe(expected));
  }

  it('all ways to spell one model to one name', () => {
    const router = new ModelRouter(SPEC);
    const names = [
      'openai/gpt-4',
      'gpt-4',
      'second/gpt-4',
      'anthropic/opus',
      'claude/opus',
      'openai/gpt-5',
      'single',
      'x',
    ];
    expect(names.map((name) => router.fullNameOf(name))).toEqual([
      'openai/gpt-4',
      'openai/gpt-4',
      'second/gpt-4',
      'claude/opus',
      'claude/opus',
      'openai/gpt-5',
      'single',
      'x',
    ]);
  });

  it('a provider that is configured under an alias of its kind', () => {
    const spec = aiSpec([provider('g', 'gemini')], {});
    expect(first('gemini-3-pro', spec)).toBe('g/gemini-3-pro');
    expect(first('google/gemini-3-pro', spec)).toBe('g/gemini-3-pro');
  });
});
