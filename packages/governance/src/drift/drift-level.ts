import type { ObservedFinding } from '@gatehouse/kernel';
import type { Level } from '../breaking/variance.ts';
import { whereOf } from './where.ts';

type Finding = Pick<ObservedFinding, 'kind' | 'where' | 'rule'>;

/**
 * How grave it is, by side. What callers get and cannot rely on is graver than what the service takes beyond its
 * document; what is new and breaks nobody is news.
 */
const LEVELS: Readonly<Record<ObservedFinding['kind'], readonly [request: Level, reply: Level]>> = {
  'missing-required': ['warning', 'error'],
  type: ['warning', 'error'],
  'enum-value': ['warning', 'warning'],
  constraint: ['warning', 'warning'],
  'undeclared-status': ['warning', 'warning'],
  'undeclared-content-type': ['warning', 'warning'],
  'undeclared-body': ['warning', 'warning'],
  'undeclared-parameter': ['info', 'info'],
  'unknown-field': ['info', 'info'],
};

/** Failures of a service are seldom described, and nobody is surprised. */
const FAILED = /^reply 5/;

export function levelOf({ kind, where, rule }: Finding): Level {
  const isReply = whereOf(where).side === 'reply';
  // The document says that nothing else may stand there.
  if (kind === 'unknown-field' && rule === 'false') return isReply ? 'error' : 'warning';
  if (kind === 'undeclared-status' && FAILED.test(where)) return 'info';
  return LEVELS[kind][isReply ? 1 : 0];
}

const ORDER: readonly Level[] = ['info', 'warning', 'error'];

export function isGraver(a: Level, b: Level): boolean {
  return ORDER.indexOf(a) > ORDER.indexOf(b);
}

/** The gravest, or undefined of none. */
export function gravest(levels: readonly Level[]): Level | undefined {
  return ORDER.toReversed().find((level) => levels.includes(level));
}
