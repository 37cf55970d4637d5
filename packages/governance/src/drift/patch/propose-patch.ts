import { compareDocuments, type Change, type Verdict } from '../../breaking/compare-documents.ts';
import { pointerOf } from '../../document/json-value.ts';
import type { SpecDocument } from '../../document/spec-document.ts';
import { DriftDocument } from '../drift-document.ts';
import type { DriftReport } from '../drift-report.ts';
import { findingText } from '../finding-text.ts';
import { dialectOf } from '../schema-spots.ts';
import { additionsOf, draftKey, proposalFor, type Proposal } from './additions.ts';
import { addOperation, withAdditions, type AddOperation, type Addition } from './json-patch.ts';
import { patchedText } from './patched-text.ts';
import { shadowProposal } from './shadow-drafts.ts';

/** What a document could say so that what was seen fits it. It only ever adds. */
export interface DriftPatch {
  /** RFC 6902. */
  readonly operations: readonly AddOperation[];
  /** One for each finding that is settled by it. */
  readonly changes: readonly PatchChange[];
  /** Findings that no addition settles. */
  readonly leftOut: readonly UnsettledFinding[];
  /** The document with it, its layout and comments as they were; undefined: nothing is to be added. */
  readonly text: string | undefined;
  readonly document: unknown;
  /** What becomes of callers who go by the document. */
  readonly verdict: Verdict;
  /** Those changes that may break them, and why. */
  readonly risks: readonly Change[];
}

export interface PatchChange {
  readonly operation: string;
  readonly where: string;
  /** As people say it. */
  readonly reason: string;
  /** In how many exchanges. */
  readonly count: number;
  /** Places in the document, as JSON Pointers; `-` is the end of a list. */
  readonly paths: readonly string[];
}

export interface UnsettledFinding extends Omit<PatchChange, 'paths'> {
  readonly why: string;
}

interface Proposed extends Omit<PatchChange, 'paths'> {
  readonly proposal: Proposal;
}

/** `now`: ms since the epoch. */
export function proposePatch(spec: SpecDocument, report: DriftReport, { now }: { readonly now: number }): DriftPatch {
  const document = new DriftDocument(spec.root);
  const proposed = [...ofFindings(document, report), ...ofShadows(document, report)];
  const settled = proposed.filter(({ proposal }) => typeof proposal !== 'string' && proposal.length > 0);
  const drafts = settled.flatMap(({ proposal }) => (typeof proposal === 'string' ? [] : proposal));
  const additions = possible(spec.root, additionsOf(drafts, dialectOf(spec.root)));
  const patched = withAdditions(spec.root, additions);
  const { verdict, changes } = compareDocuments(spec.root, patched, { now });
  const made = new Set(additions.map(({ path, value }) => draftKey({ path, value, is: 'value' })));
  return {
    operations: additions.map(addOperation),
    changes: settled.map((each) => changeOf(each, made)),
    leftOut: proposed.filter((each) => !settled.includes(each)).map(unsettled),
    text: additions.length === 0 ? undefined : patchedText(spec, patched),
    document: patched,
    verdict,
    risks: changes.filter(({ level }) => level !== 'info'),
  };
}

/** Whatever has no place, because the document is written in a way that nobody expects, is left out by itself. */
function possible(root: unknown, additions: readonly Addition[]): readonly Addition[] {
  const found: Addition[] = [];
  let tree = root;
  for (const addition of additions) {
    const next = withAdditions(tree, [addition]);
    if (next === undefined) continue;
    tree = next;
    found.push(addition);
  }
  return found;
}

function ofFindings(document: DriftDocument, { operations }: DriftReport): readonly Proposed[] {
  return operations.flatMap(({ operation: key, findings }) => {
    const operation = document.operations.get(key);
    if (operation === undefined) return [];
    return findings.map((finding): Proposed => ({
      operation: key,
      where: finding.where,
      reason: findingText(finding),
      count: finding.count,
      proposal: proposalFor(finding, document, operation),
    }));
  });
}

function ofShadows(document: DriftDocument, { shadowRoutes }: DriftReport): readonly Proposed[] {
  return shadowRoutes.map((route) => ({
    operation: `${route.method} ${route.path}`,
    where: '',
    reason: 'an operation that is not described',
    count: route.samples,
    proposal: shadowProposal(route, document),
  }));
}

function changeOf({ proposal, ...said }: Proposed, made: ReadonlySet<string>): PatchChange {
  const drafts = typeof proposal === 'string' ? [] : proposal.filter((draft) => made.has(draftKey(draft)));
  return { ...said, paths: drafts.map(({ path }) => pointerOf(path)) };
}

function unsettled({ proposal, ...said }: Proposed): UnsettledFinding {
  return { ...said, why: typeof proposal === 'string' ? proposal : 'has no place in the document' };
}
