import {
  compareDocuments,
  impactOf,
  isAtLeast,
  lint,
  type ApplicationImpact,
  type Change,
  type SpecDocument,
  type Waiver,
} from '@gatehouse/governance';
import { findEntity, listEntities, type Entity } from '@gatehouse/store';
import type { Write } from '../entities/write.ts';
import { LIVE } from '../moves/subscription-terms.ts';
import type { ServiceContext } from '../service-context.ts';
import { enforcedBy } from './enforced-by.ts';
import { publishedDocument, readable, readDocument, standardsOf, waiversOf, type Standards } from './standards-of.ts';
import { usageOf } from './usage-of.ts';
import { ServiceError } from '../service-error.ts';

/** Calls that are older say nothing of who would be hurt. */
const RECENT_MS = 30 * 86_400_000;
/** What a refusal tells of, at most. */
const SHOWN_MAX = 100;
/** Rules of waivers that are for changes, and not for findings, begin so: `breaking:operation-removed`. */
const BREAKING = 'breaking:';

interface Gated {
  readonly ctx: ServiceContext;
  readonly own: Write;
  readonly version: Entity;
}

/**
 * What standards say of a version whose document is to be sealed; throws where they do not let it pass. Findings and
 * breaking changes pass with a waiver that two other people have agreed to, and in no other way.
 */
export async function publishGates(gated: Gated): Promise<Entity['data']> {
  const { document: text } = gated.version.data;
  if (typeof text !== 'string') return {};
  const document = readDocument(text);
  const { own, version } = gated;
  const waivers = await waiversOf(own.sql, version);
  const before = await publishedDocument(own.sql, version);
  const standards = await standardsOf(own.sql, version);
  // First, as it says what is no OpenAPI document at all.
  const findings = linted(document, { gated, waivers, before, standards });
  const verdicts = [before === undefined ? PASSED : await compared(document, { gated, waivers, before }), findings];
  const refusals = verdicts.flatMap(({ refusal }) => refusal ?? []);
  if (refusals.length > 0) {
    const facts = Object.assign({}, ...refusals.map((refusal) => refusal.facts));
    throw new ServiceError('admin.standards', refusals.map(({ detail }) => detail).join('; '), facts);
  }
  return Object.assign({}, ...verdicts.map(({ passed }) => passed));
}

interface Verdict {
  /** What a revision keeps of it. */
  readonly passed: Entity['data'];
  readonly refusal?: { readonly detail: string; readonly facts: Readonly<Record<string, unknown>> };
}

const PASSED: Verdict = { passed: {} };

interface LintInputs {
  readonly gated: Gated;
  readonly waivers: readonly Waiver[];
  readonly before: SpecDocument | undefined;
  readonly standards: Standards;
}

function linted(document: SpecDocument, { gated, waivers, before, standards }: LintInputs): Verdict {
  const { pack, failOn } = standards;
  const rules = {
    pack,
    previous: before,
    waivers,
    nowMs: gated.own.nowMs,
    enforced: enforcedBy(gated.version.data['spec']),
  };
  const { grade, scores, findings, next } = readable(() => lint(document, rules));
  const passed = { lint: { pack, grade, scores, findings: findings.length } };
  const failing = failOn === 'never' ? [] : findings.filter(({ severity }) => isAtLeast(severity, failOn));
  const [first] = failing;
  if (first === undefined) return { passed };
  const facts = { grade, scores, findings: failing.slice(0, SHOWN_MAX), next };
  return { passed, refusal: { detail: `${first.rule}: ${first.message}${andMore(failing)}`, facts } };
}

interface CompareInputs {
  readonly gated: Gated;
  readonly waivers: readonly Waiver[];
  readonly before: SpecDocument;
}

async function compared(document: SpecDocument, { gated, waivers, before }: CompareInputs): Promise<Verdict> {
  const { own, version } = gated;
  const { stability } = version.data;
  if (stability === 'draft' || stability === 'alpha') return PASSED;
  const { verdict, semver, changes } = compareDocuments(before.root, document.root, { now: own.nowMs });
  const passed = { breaking: { verdict, semver, changes: changes.length } };
  const breaks = changes.filter((change) => change.level === 'error' && !isWaived(change, waivers));
  const [first] = breaks;
  if (first === undefined) return { passed };
  const what = `${first.operation} ${first.message}`.trim();
  const detail = `this breaks callers, it belongs into a new version: ${what}${andMore(breaks)}`;
  const facts = { semver, changes: breaks.slice(0, SHOWN_MAX), impact: await impact(gated, breaks) };
  return { passed, refusal: { detail, facts } };
}

function andMore({ length }: readonly unknown[]): string {
  return length === 1 ? '' : `, and ${length - 1} more`;
}

function isWaived({ id, path, fingerprint }: Change, waivers: readonly Waiver[]): boolean {
  return waivers.some(
    (waiver) =>
      waiver.rule === `${BREAKING}${fingerprint}` ||
      (waiver.rule === `${BREAKING}${id}` && (waiver.path === '' || waiver.path === path)),
  );
}

export interface Impact {
  /** Applications that may call it now. */
  readonly subscribers: readonly string[];
  /** Those whose recorded calls use what would break; left out where nobody has records. */
  readonly affected?: readonly Omit<ApplicationImpact, 'changes'>[];
}

async function impact({ ctx, own, version }: Gated, changes: readonly Change[]): Promise<Impact> {
  const { workspace, parent } = version;
  const api = await findEntity(own.sql, { workspace, kind: 'api', id: parent });
  const all = await listEntities(own.sql, { workspace, kind: 'subscription', limit: 1_000_000 });
  const subscribers = new Set<string>();
  for (const { state, data, parent: id } of all) {
    if (!LIVE.has(state) || data['api'] !== api?.name || (data['version'] ?? version.name) !== version.name) continue;
    const application = await findEntity(own.sql, { workspace, kind: 'application', id });
    if (application !== undefined) subscribers.add(application.name);
  }
  const usage = await usageOf({ ctx, own }, version, own.nowMs - RECENT_MS);
  if (usage === undefined) return { subscribers: [...subscribers].toSorted() };
  const affected = impactOf(changes, usage).map(({ application, calls, lastSeen }) => ({
    application,
    calls,
    lastSeen,
  }));
  return { subscribers: [...subscribers].toSorted(), affected };
}
