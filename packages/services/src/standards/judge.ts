import {
  compareDocuments,
  lint,
  PACKS,
  parseSpec,
  UnreadableDocument,
  type Breaking,
  type LintResult,
  type SpecDocument,
} from '@gatehouse/governance';
import type { Clock } from '@gatehouse/kernel';
import { Type } from 'typebox';
import { readInput } from '../entities/read-input.ts';
import { ServiceError } from '../service-error.ts';

export { ServiceError };

const document = (description: string) => Type.String({ maxLength: 10_000_000, description });
const FINDINGS_MAX = 1000;

export const LINT = Type.Object(
  {
    document: document('An OpenAPI document, as text.'),
    previous: Type.Optional(document('The one that was published before.')),
    pack: Type.Optional(Type.Enum(Object.keys(PACKS))),
  },
  { additionalProperties: false },
);

export const COMPARE = Type.Object(
  { old: document('What callers have, as text.'), new: document('What they would have instead.') },
  { additionalProperties: false },
);

interface Timed {
  readonly clock: Pick<Clock, 'now'>;
}

/** What `gatehouse lint` would say of it. */
export function judge({ clock }: Timed, input: unknown): LintResult {
  const { document: text, previous, pack = 'recommended' } = readInput(LINT, input);
  const earlier = previous === undefined ? undefined : read(previous, 'previous');
  const verdict = orInvalid(() => lint(read(text, 'document'), { pack, previous: earlier, nowMs: clock.now() }));
  return { ...verdict, findings: verdict.findings.slice(0, FINDINGS_MAX) };
}

/** What `gatehouse breaking` would say of both. */
export function compare({ clock }: Timed, input: unknown): Breaking {
  const { old, new: newer } = readInput(COMPARE, input);
  const verdict = orInvalid(() =>
    compareDocuments(read(old, 'old').root, read(newer, 'new').root, { now: clock.now() }),
  );
  const changes = verdict.changes.slice(0, FINDINGS_MAX);
  return { ...verdict, changes, leftOut: verdict.leftOut + verdict.changes.length - changes.length };
}

function read(text: string, name: string): SpecDocument {
  return orInvalid(() => parseSpec(text, name));
}

/** What is no document, or one that is made to cost, is the caller's to mend. */
function orInvalid<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof UnreadableDocument) {
      const { line, column } = error.place;
      throw new ServiceError('admin.invalid', `${line}:${column}: ${error.message}`);
    }
    if (error instanceof Error && REFUSALS.has(error.name)) throw new ServiceError('admin.invalid', error.message);
    throw error;
  }
}

const REFUSALS: ReadonlySet<string> = new Set(['NotOpenApi', 'TooMuchToCompare']);
