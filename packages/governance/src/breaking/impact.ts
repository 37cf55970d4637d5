import { nameless } from './canonicalise/paths.ts';
import type { Change } from './compare-documents.ts';

/** That an application has called an operation. */
export interface UsageRow {
  readonly application: string;
  /** `GET /users/{id}`, as changes name it; parameters may be called otherwise. */
  readonly operation: string;
  /** Milliseconds since 1970. */
  readonly lastSeen: number;
  readonly calls: number;
}

export interface ApplicationImpact {
  readonly application: string;
  /** Calls of the operations that change. */
  readonly calls: number;
  readonly lastSeen: number;
  readonly changes: readonly Change[];
}

/**
 * Which changes touch what each application calls; those who call the most first, and those who are not touched not at
 * all. A change of the whole document touches everyone. Pass on only the changes that matter, such as errors.
 */
export function impactOf(changes: readonly Change[], usage: readonly UsageRow[]): readonly ApplicationImpact[] {
  const everywhere = changes.filter(({ operation }) => operation === '');
  const byOperation = Map.groupBy(changes, ({ operation }) => nameless(operation));
  const impacts: ApplicationImpact[] = [];
  for (const [application, rows] of Map.groupBy(usage, (row) => row.application)) {
    const touched = everywhere.length > 0 ? rows : rows.filter((row) => byOperation.has(nameless(row.operation)));
    if (touched.length === 0) continue;
    const called = new Set(touched.map((row) => nameless(row.operation)));
    const own = [...called].flatMap((operation) => byOperation.get(operation) ?? []);
    impacts.push({
      application,
      calls: touched.reduce((sum, { calls }) => sum + calls, 0),
      lastSeen: touched.reduce((latest, { lastSeen }) => Math.max(latest, lastSeen), 0),
      changes: [...new Set([...everywhere, ...own])],
    });
  }
  return impacts.toSorted((a, b) => b.calls - a.calls || (a.application < b.application ? -1 : 1));
}
