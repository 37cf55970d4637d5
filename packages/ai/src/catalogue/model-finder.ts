import type { Matcher, SourceModel } from './catalogue-file.ts';

/** Finds a name among a provider's models: the first in the list that matches wins, as its source has it. */
export class ModelFinder {
  readonly #models: readonly SourceModel[];
  /** Where each exact name first stands. */
  readonly #exact = new Map<string, number>();
  readonly #patterns: Pattern[] = [];

  constructor(models: readonly SourceModel[]) {
    this.#models = models;
    for (const [at, model] of models.entries()) {
      const tests = testsOf(model);
      const exact = model.equals ?? (tests.length === 0 ? [model.id.toLowerCase()] : []);
      for (const name of exact) if (!this.#exact.has(name)) this.#exact.set(name, at);
      if (tests.length > 0) this.#patterns.push({ at, tests });
    }
  }

  /** By a name in lower case. */
  find(name: string): SourceModel | undefined {
    const exact = this.#exact.get(name) ?? this.#models.length;
    for (const { at, tests } of this.#patterns) {
      if (at >= exact) break;
      if (tests.some((test) => test(name))) return this.#models[at];
    }
    return this.#models[exact];
  }
}

type NameTest = (name: string) => boolean;

interface Pattern {
  readonly at: number;
  readonly tests: readonly NameTest[];
}

/** What is more than an exact name. */
function testsOf({ starts = [], contains = [], ends = [], regex = [], all = [] }: Matcher): readonly NameTest[] {
  return [
    ...starts.map(
      (part): NameTest =>
        (name) =>
          name.startsWith(part),
    ),
    ...contains.map(
      (part): NameTest =>
        (name) =>
          name.includes(part),
    ),
    ...ends.map(
      (part): NameTest =>
        (name) =>
          name.endsWith(part),
    ),
    ...regex.map((text) => testOf(new RegExp(text))),
    ...all.map((parts) => allOf(parts.map(anyOf))),
  ];
}

function testOf(expression: RegExp): NameTest {
  return (name) => expression.test(name);
}

function anyOf(matcher: Matcher): NameTest {
  const tests = testsOf(matcher);
  return (name) => matcher.equals?.includes(name) === true || tests.some((test) => test(name));
}

function allOf(tests: readonly NameTest[]): NameTest {
  return (name) => tests.every((test) => test(name));
}
