import { describe, expect, it } from 'vitest';
import { describeModel, listModels, mayCall } from './model-list.ts';
import { ModelRouter } from './model-router.ts';
import { aiSpec, provider } from './__fixtures__/ai-spec.ts';

const router = new ModelRouter(
  aiSpec([provider('openai', 'openai')], {
    assistant: { targets: ['openai/gpt-5'] },
    writer: { targets: ['openai/gpt-5-mini'] },
  }),
);

const ids = (allowed: readonly string[] | undefined): string[] => listModels(router, allowed).data.map(({ id }) => id);

describe('mayCall', () => {
  const cases: Readonly<Record<string, readonly [readonly string[] | undefined, string, boolean]>> = {
    'lets no application without AI access in': [undefined, 'assistant', false],
    'lets nobody in by an empty list': [[], 'assistant', false],
    'lets a listed name in': [['writer', 'assistant'], 'assistant', true],
    'lets no other name in': [['writer'], 'assistant', false],
    'lets everything in by a star': [['*'], 'assistant', true],
    'compares names exactly': [['Assistant', 'assistan', 'assistant '], 'assistant', false],
    'does not take a star for a pattern': [['assist*'], 'assistant', false],
    'does not let a direct name in by its alias': [['assistant'], 'openai/gpt-5', false],
    'lets a listed direct name in': [['openai/gpt-5'], 'openai/gpt-5', true],
  };
  for (const [name, [allowed, model, expected]] of Object.entries(cases)) {
    it(name, () => expect(mayCall(allowed, model)).toBe(expected));
  }
});

describe('listModels', () => {
  it("answers in OpenAI's form", () => {
    expect(listModels(router, ['assistant'])).toEqual({
      object: 'list',
      data: [{ id: 'assistant', object: 'model', created: 0, owned_by: 'gatehouse' }],
    });
  });

  it('shows all aliases to whoever may call all', () => expect(ids(['*'])).toEqual(['assistant', 'writer']));
  it('shows nothing to whoever may call nothing', () => expect([...ids([]), ...ids(undefined)]).toEqual([]));
  it('keeps the order of the configuration', () =>
    expect(ids(['writer', 'assistant'])).toEqual(['assistant', 'writer']));
  it('shows listed direct names that are served', () => {
    expect(ids(['openai/gpt-5', 'gpt-4.1', 'writer'])).toEqual(['writer', 'openai/gpt-5', 'gpt-4.1']);
  });
  it('hides listed names that nobody serves', () => expect(ids(['ghost', 'groq/llama', 'writer'])).toEqual(['writer']));
  it('shows each name once', () =>
    expect(ids(['*', 'writer', 'gpt-5', 'gpt-5'])).toEqual(['assistant', 'writer', 'gpt-5']));
});

describe('describeModel', () => {
  it('shows a model that may be called', () => {
    expect(describeModel(router, ['*'], 'writer')).toEqual({
      id: 'writer',
      object: 'model',
      created: 0,
      owned_by: 'gatehouse',
    });
    expect(describeModel(router, ['*'], 'openai/gpt-5')?.id).toBe('openai/gpt-5');
  });

  it('hides a model that may not be called as if it were not there', () => {
    expect(describeModel(router, ['assistant'], 'writer')).toBeUndefined();
    expect(describeModel(router, undefined, 'writer')).toBeUndefined();
    expect(describeModel(router, ['*'], 'ghost')).toBeUndefined();
  });
});
