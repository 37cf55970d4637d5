import type { Finding } from './finding.ts';
import type { Axis, Severity } from './rule.ts';

export type Grade = 'A' | 'B' | 'C' | 'D' | 'F';
/** 0 to 100. Only what is judged has one. */
export type Scores = { readonly [Name in Axis | 'overall']?: number };

/** What to mend first. */
export interface NextFix {
  readonly rule: string;
  readonly findings: number;
  /** Points of the overall score, when all of them are mended. */
  readonly gain: number;
}

export interface Score {
  readonly grade: Grade;
  readonly scores: Scores;
  readonly next: readonly NextFix[];
}

export interface Scored {
  readonly findings: readonly Finding[];
  /** What was looked at: operations, parameters, schemas and so on. */
  readonly nodes: number;
  /** Of rules that were looked for. */
  readonly axisOf: ReadonlyMap<string, Axis>;
}

const POINTS: Readonly<Record<Severity, number>> = { error: 5, warning: 2, info: 0.5 };
const WEIGHTS: Readonly<Record<Axis, number>> = {
  consistency: 25,
  security: 25,
  documentation: 20,
  versioning: 20,
  'agent-readiness': 10,
};
const AXES: readonly Axis[] = ['consistency', 'versioning', 'documentation', 'security', 'agent-readiness'];
/** A document of a few lines is not condemned for one finding. */
const NODES_MIN = 20;
/** So many points on a hundred nodes leave 37 of 100. */
const POINTS_FOR_37 = 50;
const GRADES: readonly (readonly [least: number, Grade])[] = [
  [90, 'A'],
  [80, 'B'],
  [70, 'C'],
  [60, 'D'],
];
const NEXT_MAX = 3;

/**
 * By density, so that size neither hides nor makes findings: each axis has `100 · e^(−points per 100 nodes / 50)`, where
 * an error has 5 points, a warning 2 and an info 0.5; the whole is their weighted mean.
 */
export function scoreOf({ findings, nodes, axisOf }: Scored): Score {
  const points = new Map<Axis, number>();
  for (const axis of new Set(axisOf.values())) points.set(axis, 0);
  const byRule = new Map<string, { findings: number; points: number }>();
  for (const { rule, severity } of findings) {
    const axis = axisOf.get(rule);
    if (axis === undefined) continue;
    points.set(axis, (points.get(axis) ?? 0) + POINTS[severity]);
    const sum = byRule.get(rule) ?? { findings: 0, points: 0 };
    byRule.set(rule, { findings: sum.findings + 1, points: sum.points + POINTS[severity] });
  }
  const overall = overallOf(points, nodes);
  const next = [...byRule].map(([rule, sum]): NextFix => {
    const axis = axisOf.get(rule) ?? 'consistency';
    const without = new Map(points).set(axis, (points.get(axis) ?? 0) - sum.points);
    return { rule, findings: sum.findings, gain: tenths(overallOf(without, nodes) - overall) };
  });
  return {
    grade: GRADES.find(([least]) => overall >= least)?.[1] ?? 'F',
    scores: { overall: Math.round(overall), ...axisScores(points, nodes) },
    next: next.toSorted((a, b) => b.gain - a.gain || (a.rule < b.rule ? -1 : 1)).slice(0, NEXT_MAX),
  };
}

function axisScores(points: ReadonlyMap<Axis, number>, nodes: number): Scores {
  const judged = AXES.filter((axis) => points.has(axis));
  return Object.fromEntries(judged.map((axis) => [axis, Math.round(axisScore(points.get(axis) ?? 0, nodes))]));
}

function axisScore(points: number, nodes: number): number {
  const density = (points / Math.max(nodes, NODES_MIN)) * 100;
  return 100 * Math.exp(-density / POINTS_FOR_37);
}

/** Where nothing is judged, nothing is wrong. */
function overallOf(points: ReadonlyMap<Axis, number>, nodes: number): number {
  let sum = 0;
  let weights = 0;
  for (const [axis, found] of points) {
    sum += WEIGHTS[axis] * axisScore(found, nodes);
    weights += WEIGHTS[axis];
  }
  return weights === 0 ? 100 : sum / weights;
}

function tenths(value: number): number {
  return Math.round(value * 10) / 10;
}
