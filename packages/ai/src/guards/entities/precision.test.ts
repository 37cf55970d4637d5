import { describe, expect, it } from 'vitest';
import {
  INJECTION_HELD_OUT,
  INJECTION_TUNING,
  INJECTION_TUNING_LONGER,
  INJECTION_WILD,
} from '../__fixtures__/labelled-injection.ts';
import { PII_HELD_OUT, PII_TUNING } from '../__fixtures__/labelled-pii.ts';
import { SECRETS_HELD_OUT, SECRETS_TUNING } from '../__fixtures__/labelled-secrets.ts';
import { WILD } from '../__fixtures__/labelled-wild.ts';
import { readLabelled, type LabelledSpan } from '../__fixtures__/read-labelled.ts';
import { injectionsIn } from '../words/injection.ts';
import { EntityScan, type EntityWishes } from './entity-scan.ts';
import { NATIONAL_IDS, SECRET_KINDS, type Span } from './entity.ts';

const FAMILIES: ReadonlyMap<string, string> = new Map([
  ...NATIONAL_IDS.map((kind) => [kind, 'national_id'] as const),
  ...SECRET_KINDS.map((kind) => [kind, 'secret'] as const),
]);

interface Score {
  readonly precision: number;
  readonly recall: number;
}

interface Counts {
  right: number;
  found: number;
  meant: number;
}

/** A find is right when kind, begin and end are those of a mark. */
function scoresOf(marked: readonly string[], wishes: EntityWishes): ReadonlyMap<string, Score> {
  const counts = new Map<string, Counts>();
  const of = (kind: string): Counts => {
    const known = counts.get(kind) ?? { right: 0, found: 0, meant: 0 };
    counts.set(kind, known);
    return known;
  };
  for (const { text, spans } of marked.map(readLabelled)) {
    const found: Span[] = [];
    new EntityScan(wishes).scan({ text, final: true }, found);
    for (const span of spans) of(span.kind).meant++;
    for (const span of found) {
      const kind = FAMILIES.get(span.kind) ?? span.kind;
      of(kind).found++;
      if (spans.some((meant) => isSame(meant, { ...span, kind }))) of(kind).right++;
    }
  }
  return new Map(
    [...counts].map(([kind, { right, found, meant }]) => [kind, { precision: right / found, recall: right / meant }]),
  );
}

function isSame(a: LabelledSpan, b: LabelledSpan): boolean {
  return a.kind === b.kind && a.start === b.start && a.end === b.end;
}

function expectScores(scores: ReadonlyMap<string, Score>, least: Readonly<Record<string, Score>>): void {
  expect([...scores.keys()].toSorted()).toEqual(Object.keys(least).toSorted());
  for (const [kind, { precision, recall }] of scores) {
    expect({
      kind,
      precise: precision >= (least[kind]?.precision ?? 2),
      recalled: recall >= (least[kind]?.recall ?? 2),
    }).toEqual({
      kind,
      precise: true,
      recalled: true,
    });
  }
}

const PII = { pii: true, secrets: false };
const SECRETS = { pii: false, secrets: true };
const ALL = { precision: 1, recall: 1 };

describe('detectors on labelled texts', () => {
  it('are measured on more than three hundred texts, half of them without anything to find', () => {
    const texts = [...PII_TUNING, ...PII_HELD_OUT, ...SECRETS_TUNING, ...SECRETS_HELD_OUT, ...WILD].map(readLabelled);
    expect(texts.length).toBeGreaterThan(400);
    expect(texts.filter(({ spans }) => spans.length === 0).length).toBeGreaterThan(150);
  });

  it('find all personal data of the texts that they were written with', () => {
    expectScores(scoresOf(PII_TUNING, PII), { email: ALL, phone: ALL, card: ALL, iban: ALL, national_id: ALL });
  });

  it('find personal data of texts that they were not written with', () => {
    expectScores(scoresOf(PII_HELD_OUT, PII), {
      email: ALL,
      phone: { precision: 0.93, recall: 1 },
      card: { precision: 0.91, recall: 1 },
      iban: ALL,
      national_id: { precision: 0.95, recall: 1 },
    });
  });

  it('find secrets', () => {
    expectScores(scoresOf(SECRETS_TUNING, SECRETS), { secret: ALL });
    expectScores(scoresOf(SECRETS_HELD_OUT, SECRETS), { secret: ALL });
  });

  it('find most of what a person finds in untidy texts', () => {
    expectScores(scoresOf(WILD, { pii: true, secrets: true }), {
      email: { precision: 0.85, recall: 0.85 },
      phone: { precision: 1, recall: 0.85 },
      card: ALL,
      iban: ALL,
      national_id: ALL,
      secret: { precision: 1, recall: 0.84 },
    });
  });

  it.each([
    ['tuning', INJECTION_TUNING],
    ['longer', INJECTION_TUNING_LONGER],
    ['held out', INJECTION_HELD_OUT],
  ])('tell attempts to redirect the model from harmless texts (%s)', (_name, { attacks, harmless }) => {
    expect(attacks.filter((text) => injectionsIn(text).size === 0)).toEqual([]);
    expect(harmless.filter((text) => injectionsIn(text).size > 0)).toEqual([]);
  });

  // A heuristic knows what it has been told: of attempts in other words it sees less than half.
  it('see some of the attempts that nobody thought of', () => {
    const { attacks, harmless } = INJECTION_WILD;
    const right = attacks.filter((text) => injectionsIn(text).size > 0).length;
    const wrong = harmless.filter((text) => injectionsIn(text).size > 0).length;
    expect(right / attacks.length).toBeGreaterThanOrEqual(0.4);
    expect(right / (right + wrong)).toBeGreaterThanOrEqual(0.75);
  });
});
