import { GatehouseError, randomFrom } from '@gatehouse/kernel';
import { describe, expect, it } from 'vitest';
import { Cooldowns } from './cooldowns.ts';
import { ModelRouter, type Attempt } from './model-router.ts';
import { aiSpec, provider } from './__fixtures__/ai-spec.ts';

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
  'openai/gpt-5': { targets: ['local/llama'] },
  'org/größe 7b:x@y': { targets: ['local/llama'] },
});

const NOW = 50_000;

interface Setup {
  readonly router: ModelRouter;
  readonly cooldowns: Cooldowns;
  readonly plan: (name: string, random?: () => number, now?: number) => string[] | undefined;
}

function setup(spec = SPEC): Setup {
  const cooldowns = new Cooldowns();
  const router = new ModelRouter(spec, cooldowns);
  return {
    router,
    cooldowns,
    plan: (name, random = () => 0.5, now = NOW) => router.plan(name, { random, now })?.map(label),
  };
}

const label = ({ provider: { name }, model }: Attempt): string => `${name}/${model}`;

function attempt(router: ModelRouter, name: string, wanted: string): Attempt {
  const found = router.plan(name, { random: () => 0.5, now: NOW })?.find((one) => label(one) === wanted);
  if (found === undefined) throw new Error(`${wanted} is not in the plan`);
  return found;
}

describe('ModelRouter plans', () => {
  it('the targets first, then the fallbacks, each place once', () => {
    expect(setup().plan('assistant')).toEqual(['openai/gpt-5', 'claude/haiku', 'local/llama', 'bird/demo']);
  });

  it('a single target as it is', () => expect(setup().plan('single')).toEqual(['openai/gpt-5']));

  it('an alias before a direct name that is spelt alike', () => {
    expect(setup().plan('openai/gpt-5')).toEqual(['local/llama']);
  });

  it('an alias with slash, space, colon and at', () => {
    expect(setup().plan('org/größe 7b:x@y')).toEqual(['local/llama']);
  });

  it('nothing for a name that nobody knows', () => {
    for (const name of ['', 'llama', 'Assistant', 'constructor', '__proto__', 'toString']) {
      expect(setup().plan(name)).toBeUndefined();
    }
  });

  it('with the provider as configured, its key included', () => {
    const [first] = setup().router.plan('single', { random: () => 0, now: NOW }) ?? [];
    expect(first?.provider).toBe(PROVIDERS[0]);
  });

  it('not at all when a model names a provider that is not there', () => {
    const spec = aiSpec([], { broken: { targets: ['ghost/x'] } });
    expect(() => setup(spec)).toThrow(GatehouseError);
  });
});

/** How often each place comes at a position, in 10,000 plans. */
function shares(plan: Setup['plan'], name: string, position = 0): Record<string, number> {
  const random = randomFrom(42);
  const counts: Record<string, number> = {};
  for (let i = 0; i < 10_000; i++) {
    const place = plan(name, random)?.[position] ?? 'none';
    counts[place] = (counts[place] ?? 0) + 1;
  }
  return counts;
}

describe('ModelRouter weighs', () => {
  it('the first choice by the weights', () => {
    const { 'openai/gpt-5': nine = 0, 'claude/haiku': one = 0 } = shares(setup().plan, 'assistant');
    expect(nine + one).toBe(10_000);
    expect(one / 10_000).toBeCloseTo(0.1, 1);
  });

  it('equal targets equally, at every position', () => {
    for (const position of [0, 1, 2]) {
      const counts = Object.values(shares(setup().plan, 'equal', position));
      expect(counts).toHaveLength(3);
      for (const count of counts) expect(count / 10_000).toBeCloseTo(1 / 3, 1);
    }
  });

  it('a target of weight 0 never first', () => {
    expect(shares(setup().plan, 'drained')).toEqual({ 'local/c': 10_000 });
    expect(setup().plan('drained', () => 0)?.[0]).toBe('local/c');
  });

  it('all the same at both ends of chance', () => {
    for (const fraction of [0, 1 - 2 ** -32]) expect(setup().plan('equal', () => fraction)).toHaveLength(3);
  });

  it('what is left fairly when one target cools down', () => {
    const { router, cooldowns, plan } = setup();
    cooldowns.failed(attempt(router, 'equal', 'openai/a'), { cause: 'billing', now: NOW });
    const { 'claude/b': b = 0, 'local/c': c = 0 } = shares(plan, 'equal');
    expect(b + c).toBe(10_000);
    expect(b / 10_000).toBeCloseTo(0.5, 1);
  });
});

describe('ModelRouter with targets that cool down', () => {
  it('moves them behind all others', () => {
    const { router, cooldowns, plan } = setup();
    cooldowns.failed(attempt(router, 'assistant', 'openai/gpt-5'), { cause: 'upstream', now: NOW });
    expect(plan('assistant')).toEqual(['claude/haiku', 'local/llama', 'bird/demo', 'openai/gpt-5']);
  });

  it('never leaves one out, and tries the soonest ready first when all cool', () => {
    const { router, cooldowns, plan } = setup();
    const waits = { 'openai/a': 9000, 'claude/b': 3000, 'local/c': 6000 };
    for (const [place, retryAfterMs] of Object.entries(waits)) {
      cooldowns.failed(attempt(router, 'equal', place), { cause: 'rate_limited', retryAfterMs, now: NOW });
    }
    expect(plan('equal')).toEqual(['claude/b', 'local/c', 'openai/a']);
  });

  it('takes them back when their time is over', () => {
    const { router, cooldowns, plan } = setup();
    cooldowns.failed(attempt(router, 'assistant', 'openai/gpt-5'), {
      cause: 'rate_limited',
      retryAfterMs: 500,
      now: NOW,
    });
    expect(plan('assistant', () => 0.5, NOW + 499)?.at(-1)).toBe('openai/gpt-5');
    expect(plan('assistant', () => 0.5, NOW + 500)?.[0]).toBe('openai/gpt-5');
  });

  it('takes them back after a success', () => {
    const { router, cooldowns, plan } = setup();
    const failed = attempt(router, 'assistant', 'openai/gpt-5');
    cooldowns.failed(failed, { cause: 'upstream', now: NOW });
    cooldowns.succeeded(failed);
    expect(plan('assistant')?.[0]).toBe('openai/gpt-5');
  });

  it('remembers them across snapshots', () => {
    const { router, cooldowns } = setup();
    cooldowns.failed(attempt(router, 'assistant', 'openai/gpt-5'), { cause: 'upstream', now: NOW });
    const next = new ModelRouter(SPEC, cooldowns).plan('assistant', { random: () => 0.5, now: NOW });
    expect(next?.map(label).at(-1)).toBe('openai/gpt-5');
  });

  it('keeps models of one provider apart', () => {
    const { router, cooldowns, plan } = setup();
    cooldowns.failed(attempt(router, 'assistant', 'openai/gpt-5'), { cause: 'upstream', now: NOW });
    expect(plan('equal', () => 0.5)).toEqual(['openai/a', 'claude/b', 'local/c']);
  });

  it('starts afresh with a repaired key', () => {
    const { router, cooldowns } = setup();
    cooldowns.failed(attempt(router, 'assistant', 'openai/gpt-5'), { cause: 'authentication', now: NOW });
    const repaired = {
      ...SPEC,
      providers: { ...SPEC.providers, openai: provider('openai', 'openai', { apiKey: 'new' }) },
    };
    const plan = new ModelRouter(repaired, cooldowns).plan('assistant', { random: () => 0.5, now: NOW });
    expect(plan?.map(label)[0]).toBe('openai/gpt-5');
  });

  it('names no key in what it remembers', () => {
    expect(attempt(setup().router, 'single', 'openai/gpt-5').identity).not.toContain('key of openai');
  });
});

describe('ModelRouter resolves directly', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[] | undefined]>> = {
    'a configured provider and any model': ['claude/claude-opus', ['claude/claude-opus']],
    'a model with slashes of its own': ['local/org/llama:7b', ['local/org/llama:7b']],
    'a kind through the first provider of that kind': ['anthropic/claude-opus', ['claude/claude-opus']],
    'the name of a provider before a kind': ['second/gpt-5', ['second/gpt-5']],
    "a vendor's own name of a model": ['gpt-5-mini', ['openai/gpt-5-mini']],
    "another vendor's own name of a model": ['claude-haiku-5', ['claude/claude-haiku-5']],
    'the demo models': ['demo-error-500', ['bird/demo-error-500']],
    'no vendor that is not configured': ['gemini-3-pro', undefined],
    'no kind that is not configured': ['groq/llama', undefined],
    'no empty model': ['claude/', undefined],
    'no empty provider': ['/gpt-5', undefined],
  };
  for (const [name, [model, expected]] of Object.entries(cases)) {
    it(name, () => expect(setup().plan(model)).toEqual(expected));
  }

  it('a provider that is configured under an alias of its kind', () => {
    const spec = aiSpec([provider('g', 'gemini')], {});
    expect(setup(spec).plan('gemini-3-pro')).toEqual(['g/gemini-3-pro']);
    expect(setup(spec).plan('google/gemini-3-pro')).toEqual(['g/gemini-3-pro']);
  });
});
