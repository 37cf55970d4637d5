export { breakingReference } from './breaking/breaking-reference.ts';
export { parseSpec, UnreadableDocument, type Place, type SpecDocument } from './document/spec-document.ts';
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
