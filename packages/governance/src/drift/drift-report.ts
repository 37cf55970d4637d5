import type { FieldShape, ObservedFinding } from '@gatehouse/kernel';
import type { Level } from '../breaking/variance.ts';
import { DriftDocument, type DeclaredOperation } from './drift-document.ts';
import { gravest, isGraver, levelOf } from './drift-level.ts';
import type { FindingState, LedgerState, OperationState } from './ledger-state.ts';
import { OTHER_MIX } from './operation-ledger.ts';
import { securityParity, type SecurityParity } from './security-parity.ts';
import { shadowRoutes, type ShadowRoute } from './shadow-routes.ts';
import { isStillOpen } from './still-open.ts';
import { unusedParts } from './unused-surface.ts';

/** How far apart a document and its traffic are. Times are ms since the epoch. */
export interface DriftReport {
  readonly samples: number;
  /** Of the first and the last exchange that was looked at; 0 where there was none. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Samples in which nothing graver than news was found, and their share; undefined of none. */
  readonly conforming: number;
  readonly conformance: number | undefined;
  /** The gravest of all that was found; undefined: nothing. */
  readonly level: Level | undefined;
  /** In the order of the document; without those that nobody called. */
  readonly operations: readonly OperationDrift[];
  readonly unseenOperations: readonly string[];
  readonly unused: readonly UnusedPart[];
  readonly shadowRoutes: readonly ShadowRoute[];
  readonly security: readonly SecurityParity[];
  /** Samples that were held against another text than this one; undefined: it is not known which. */
  readonly byOtherDocuments: number | undefined;
}

export interface OperationDrift {
  readonly operation: string;
  readonly samples: number;
  readonly conforming: number;
  readonly conformance: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** The gravest first, of those the most frequent. */
  readonly findings: readonly DriftFinding[];
}

export interface DriftFinding extends Pick<ObservedFinding, 'kind' | 'where' | 'rule' | 'value'> {
  readonly level: Level;
  readonly count: number;
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  readonly shape?: FieldShape;
}

export interface UnusedPart {
  readonly operation: string;
  readonly where: string;
  /** How many calls of the operation were looked at since then. */
  readonly samples: number;
  readonly watchedSinceMs: number;
}

export interface DriftOptions {
  /** Which document this is, as observations call it. */
  readonly fingerprint?: string;
  /** An operation of which fewer calls were looked at says nothing of what is not used. */
  readonly unusedSamplesMin?: number;
}

const UNUSED_SAMPLES_MIN = 20;

/** Compares what was gathered with a document, which may be another one than that by which it was gathered. */
export function driftReport(document: unknown, state: LedgerState, options: DriftOptions = {}): DriftReport {
  const declared = new DriftDocument(document);
  const all = [...declared.operations.values()];
  const stateOf = ({ key }: DeclaredOperation): OperationState | undefined =>
    Object.hasOwn(state.operations, key) ? state.operations[key] : undefined;
  const seen = all.flatMap((operation) => {
    const found = stateOf(operation);
    return found === undefined ? [] : [{ operation, state: found }];
  });
  const operations = seen.map((each) => operationDrift(declared, each.operation, each.state));
  const security = all.map((operation) => securityParity(declared, operation, stateOf(operation)));
  const shadows = shadowRoutes(declared, state);
  const samples = operations.reduce((sum, each) => sum + each.samples, 0);
  const conforming = operations.reduce((sum, each) => sum + each.conforming, 0);
  const { unusedSamplesMin = UNUSED_SAMPLES_MIN, fingerprint } = options;
  return {
    samples: state.samples,
    fromMs: state.fromMs,
    toMs: state.toMs,
    conforming,
    conformance: samples === 0 ? undefined : conforming / samples,
    level: levelOfAll(operations, security, shadows),
    operations,
    unseenOperations: all.filter((operation) => stateOf(operation) === undefined).map(({ key }) => key),
    unused: seen
      .filter((each) => each.state.samples >= unusedSamplesMin)
      .flatMap((each) => unusedOf(declared, each.operation, each.state)),
    shadowRoutes: shadows,
    security,
    byOtherDocuments: fingerprint === undefined ? undefined : othersOf(state, fingerprint),
  };
}

/** Of `GET /users/{id}`, and so on, what is not as the document says. */
function operationDrift(document: DriftDocument, operation: DeclaredOperation, state: OperationState): OperationDrift {
  const open = state.findings.filter((finding) => isStillOpen(finding, document, operation));
  const grave = new Set(open.filter((finding) => levelOf(finding) !== 'info').map(({ number }) => String(number)));
  const apart = Object.entries(state.mixes)
    .filter(([mix]) => mix === OTHER_MIX || mix.split(',').some((number) => grave.has(number)))
    .reduce((sum, [, count]) => sum + count, 0);
  const conforming = state.samples - apart;
  return {
    operation: operation.key,
    samples: state.samples,
    conforming,
    conformance: state.samples === 0 ? 1 : conforming / state.samples,
    firstSeenMs: state.firstMs,
    lastSeenMs: state.lastMs,
    statuses: state.statuses,
    findings: open.map(findingOf).toSorted(byGravity),
  };
}

function findingOf(state: FindingState): DriftFinding {
  const { kind, where, rule, value, shape, count, firstMs, lastMs } = state;
  return {
    level: levelOf(state),
    kind,
    where,
    ...(rule !== undefined && { rule }),
    ...(value !== undefined && { value }),
    ...(shape !== undefined && { shape }),
    count,
    firstSeenMs: firstMs,
    lastSeenMs: lastMs,
  };
}

function byGravity(a: DriftFinding, b: DriftFinding): number {
  if (a.level !== b.level) return isGraver(a.level, b.level) ? -1 : 1;
  return b.count - a.count;
}

function unusedOf(document: DriftDocument, operation: DeclaredOperation, state: OperationState): UnusedPart[] {
  const { samples, firstMs } = state;
  return unusedParts(document, operation, state).map((where) => ({
    operation: operation.key,
    where,
    samples,
    watchedSinceMs: firstMs,
  }));
}

function levelOfAll(
  operations: readonly OperationDrift[],
  security: readonly SecurityParity[],
  shadows: readonly ShadowRoute[],
): Level | undefined {
  return gravest([
    ...operations.flatMap(({ findings }) => findings.map(({ level }) => level)),
    ...security.flatMap(({ level }) => level ?? []),
    ...(shadows.length > 0 ? ['warning' as const] : []),
  ]);
}

function othersOf({ documents }: LedgerState, fingerprint: string): number {
  return Object.entries(documents)
    .filter(([document]) => document !== fingerprint)
    .reduce((sum, [, count]) => sum + count, 0);
}
