import { describe, expect, it } from 'vitest';
import { keyOf, requestOf } from './__fixtures__/calls.ts';
import { SemanticMemory, type SemanticPlace } from './semantic-memory.ts';
import { SemanticQuestion } from './semantic-question.ts';

const PLACE: SemanticPlace = { model: 'fast', embedder: 'one', questionsMax: 10 };
const RESET = 'How do I reset my password?';

function questionOf(text: string, { model, embedder }: SemanticPlace = PLACE): SemanticQuestion {
  const question = SemanticQuestion.of({ tenant: 'shop', model, embedder }, requestOf(text));
  if (question === undefined) throw new Error('no question');
  return question;
}

/** Whether a question in the same words is found. */
function finds(memory: SemanticMemory, vector: readonly number[], { place = PLACE, text = RESET } = {}): boolean {
  return memory.find(place, questionOf(text, place), { vector, threshold: 0.9 }).length > 0;
}

function remember(memory: SemanticMemory, vector: readonly number[], { place = PLACE, text = RESET } = {}): boolean {
  return memory.add(place, questionOf(text, place), { vector, key: keyOf(text) });
}

describe('what a worker remembers of questions', () => {
  it.each<readonly [string, Partial<SemanticPlace>]>([
    ['models', { model: 'smart' }],
    ['embedders', { embedder: 'two' }],
  ])('is never mixed over %s', (_what, other) => {
    const memory = new SemanticMemory();
    expect(remember(memory, [1, 0])).toBe(true);
    expect(finds(memory, [1, 0])).toBe(true);
    expect(finds(memory, [1, 0], { place: { ...PLACE, ...other } })).toBe(false);
  });

  it('starts anew with vectors of another length', () => {
    const memory = new SemanticMemory();
    remember(memory, [1, 0]);
    expect(finds(memory, [1, 0, 0])).toBe(false);
    remember(memory, [1, 0, 0]);
    expect([finds(memory, [1, 0, 0]), finds(memory, [1, 0]), memory.size]).toEqual([true, false, 1]);
  });

  it('is as much as its place may have, and less of it when vectors are long', () => {
    const memory = new SemanticMemory();
    const few = { ...PLACE, questionsMax: 2 };
    for (const text of ['Where is Rome?', 'Where is Oslo?', 'Where is Bonn?'])
      remember(memory, [1], { place: few, text });
    expect(memory.size).toBe(2);
    const long = { ...PLACE, questionsMax: 100_000 };
    const vector = Array.from({ length: 16_384 }, () => 1);
    for (let at = 0; at < 600; at++) remember(memory, vector, { place: long, text: `Where is number ${at}?` });
    expect(memory.size).toBe(2 + 512);
  });

  it.each([[[]], [[0, 0]], [[Number.NaN]], [Array.from({ length: 16_385 }, () => 1)]])(
    'holds no vector that is none',
    (vector) => {
      const memory = new SemanticMemory();
      expect(remember(memory, vector)).toBe(false);
      expect(memory.size).toBe(0);
    },
  );

  it('is forgotten with its place', () => {
    const memory = new SemanticMemory();
    const other = { ...PLACE, embedder: 'two' };
    remember(memory, [1, 0]);
    remember(memory, [1, 0], { place: other });
    memory.retain([{ ...PLACE }]);
    expect([finds(memory, [1, 0]), finds(memory, [1, 0], { place: other })]).toEqual([true, false]);
    memory.retain([]);
    expect(memory.size).toBe(0);
  });
});
