import { semverOf, versionAdvice, type Semver, type VersionAdvice } from './advice.ts';
import { openApiOf, type OpenApi } from './canonicalise/open-api.ts';
import { operationsIn, type Operation } from './canonicalise/paths.ts';
import { fieldOf, textOf } from './canonicalise/raw-value.ts';
import { compareOperations, compareWebhooks, WHOLE } from './compare/compare-operations.ts';
import { compareSchemes } from './compare/compare-security.ts';
import { compareServers } from './compare/compare-servers.ts';
import { Report } from './compare/report.ts';
import { SchemaComparison } from './compare/schema-comparison.ts';
import type { Stability } from './compare/stability.ts';
import { listChanges } from './list-changes.ts';
import type { Overrides } from './overrides.ts';
import type { Level } from './variance.ts';

export interface Change {
  readonly id: string;
  readonly level: Level;
  /** Such as `GET /users/{id}` or `webhook POST paid`; '' for the document. */
  readonly operation: string;
  /** Where in the operation, such as `responses.200.application/json.items[].name`. */
  readonly path: string;
  readonly message: string;
  /** The same after reformatting, moves and other edits. */
  readonly fingerprint: string;
}

export type Verdict = 'breaking' | 'warning' | 'compatible';

export interface Breaking {
  readonly verdict: Verdict;
  /** Of the next version, at least. */
  readonly semver: Semver;
  readonly version: VersionAdvice;
  /** The gravest first. */
  readonly changes: readonly Change[];
  /** Found beyond the first 10,000, which count for all else. From there on a shared schema is told of only once. */
  readonly leftOut: number;
}

export interface BreakingOptions {
  /** Milliseconds since 1970, by which sunsets have passed. */
  readonly now: number;
  readonly overrides?: Overrides;
  /** Operations below it may change as they like. `beta` unless said otherwise. */
  readonly stability?: Stability;
}

/** More are counted and not listed. */
const CHANGES_MAX = 10_000;

/**
 * What becomes of callers of one OpenAPI document (3.0 to 3.2, as plain data) when it is replaced by another. Throws
 * `NotOpenApi` for what is none and `TooMuchToCompare` for documents that are made to cost; anything else that is
 * wrong in a document counts as not written. Takes time and memory linear in the size of both and of the answer.
 */
export function compareDocuments(old: unknown, newer: unknown, options: BreakingOptions): Breaking {
  const report = reportOn([openApiOf(old), openApiOf(newer)], options);
  const found = listChanges(report, options.overrides ?? new Map());
  const semver = semverOf(found);
  const versions = [versionOf(old), versionOf(newer)] as const;
  return {
    verdict: verdictOf(found),
    semver,
    version: versionAdvice(versions, semver, found.length > 0),
    changes: found.slice(0, CHANGES_MAX).map(({ change }) => change),
    leftOut: Math.max(0, found.length - CHANGES_MAX),
  };
}

function reportOn([old, newer]: readonly [OpenApi, OpenApi], { now, stability = 'beta' }: BreakingOptions): Report {
  const schemas = new SchemaComparison({ olds: old.nodes, news: newer.nodes, now });
  const report = new Report({ old, new: newer, schemas });
  const operations = [operationsOf(old, 'paths'), operationsOf(newer, 'paths')] as const;
  compareOperations(report, operations, { stability });
  compareWebhooks(report, [operationsOf(old, 'webhooks'), operationsOf(newer, 'webhooks')], { stability });
  compareSchemes(report, WHOLE, operations[0].values());
  compareServers(report, WHOLE, [old.root, newer.root]);
  schemas.run();
  return report;
}

function operationsOf({ root, nodes }: OpenApi, key: 'paths' | 'webhooks'): ReadonlyMap<string, Operation> {
  return operationsIn(fieldOf(root, key), nodes.references);
}

function verdictOf(changes: readonly Pick<Change, 'level'>[]): Verdict {
  if (changes.some(({ level }) => level === 'error')) return 'breaking';
  return changes.some(({ level }) => level === 'warning') ? 'warning' : 'compatible';
}

function versionOf(root: unknown): string {
  const version = fieldOf(fieldOf(root, 'info'), 'version');
  return textOf(version) ?? (typeof version === 'number' ? String(version) : '');
}
