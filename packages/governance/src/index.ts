export { breakingReference } from './breaking/breaking-reference.ts';
export { parseSpec, UnreadableDocument, type Place, type SpecDocument } from './document/spec-document.ts';
export { isSwagger, upgradeSwagger, type UpgradedSwagger } from './swagger/upgrade-swagger.ts';
export type { Loss } from './swagger/losses.ts';
export { operationsOf, OPERATIONS_MAX, type ApiOperation } from './operations/operations-of.ts';
export { DOCUMENT_CHARS_MAX, readApiDocument, type ApiDocument } from './importing/read-api-document.ts';
export type { ImportFinding } from './importing/import-finding.ts';
export { operationsDifference, type OperationsDifference } from './importing/operations-difference.ts';
export { inferDocument, type Inferred, type InferOptions } from './inference/infer-document.ts';
export { readSamples, type ReadSamples } from './inference/read-samples.ts';
export type { Sample } from './inference/sample.ts';
export { apiNameOf, defaultSpec } from './importing/default-spec.ts';
export { breakingHints, hintsOfOperations, type BreakingHint } from './importing/breaking-hints.ts';
export { baselineOf, baselineText, fingerprintOf, newSince, parseBaseline, type Baseline } from './lint/baseline.ts';
export { FIXABLE, fixedText } from './lint/fix.ts';
export type { Enforced } from './lint/enforced.ts';
export { isAtLeast, SEVERITIES, type Finding } from './lint/finding.ts';
export { lint, type LintRequest, type LintResult } from './lint/lint.ts';
export { lintReference } from './lint/lint-reference.ts';
export { PACKS } from './lint/packs.ts';
export { parseRuleset } from './lint/parse-ruleset.ts';
export type { Axis, Rule, Severity } from './lint/rule.ts';
export { ruleOf, RULES } from './lint/rules.ts';
export { rulesetOfPack, type Ruleset } from './lint/ruleset.ts';
export type { Grade, NextFix, Score, Scores } from './lint/score.ts';
export { parseWaivers, type Waiver } from './lint/waivers.ts';
export { NotOpenApi } from './breaking/canonicalise/open-api.ts';
export { CHANGES, type ChangeRow } from './breaking/changes.ts';
export {
  compareDocuments,
  type Breaking,
  type BreakingOptions,
  type Change,
  type Verdict,
} from './breaking/compare-documents.ts';
export { STABILITIES, type Stability } from './breaking/compare/stability.ts';
export { TooMuchToCompare } from './breaking/compare/schema-comparison.ts';
export { impactOf, type ApplicationImpact, type UsageRow } from './breaking/impact.ts';
export { parseOverrides, WrongOverrides, type Overrides } from './breaking/overrides.ts';
export type { Level } from './breaking/variance.ts';
export { DriftLedger } from './drift/drift-ledger.ts';
export type { LedgerState } from './drift/ledger-state.ts';
export {
  driftReport,
  type DriftFinding,
  type DriftOptions,
  type DriftReport,
  type OperationDrift,
  type UnusedPart,
} from './drift/drift-report.ts';
export type { ParityVerdict, SecurityParity } from './drift/security-parity.ts';
export type { SeenContent, ShadowRoute } from './drift/shadow-routes.ts';
export { proposePatch, type DriftPatch, type PatchChange, type UnsettledFinding } from './drift/patch/propose-patch.ts';
export { findingText, shapeText } from './drift/finding-text.ts';
export { shownWhere } from './drift/where.ts';
