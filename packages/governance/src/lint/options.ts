/** What an organisation may decide for itself, the same for all rules. */
export interface LintOptions {
  readonly pathCase: Case;
  readonly propertyCase: Case;
  readonly queryCase: Case;
  readonly operationIdCase: Case | 'any';
  /** Of text values. `any`: one case in each enum. */
  readonly enumCase: Case | 'any';
  readonly pagination: Pagination;
  readonly versionScheme: 'semver' | 'date' | 'any';
  /** Days from a deprecation to the sunset, by stability. */
  readonly graceDays: Readonly<Record<Stability, number>>;
  readonly subResourceLevelsMax: number;
  /** Whether replies need limits too, or only what callers send. */
  readonly limits: Limits;
}

export const CASES = ['snake_case', 'camelCase', 'PascalCase', 'kebab-case', 'SCREAMING_SNAKE_CASE'] as const;
export type Case = (typeof CASES)[number];
export const PAGINATIONS = ['cursor', 'offset', 'page', 'any'] as const;
export type Pagination = (typeof PAGINATIONS)[number];
export const STABILITIES = ['draft', 'alpha', 'beta', 'stable'] as const;
export type Stability = (typeof STABILITIES)[number];

export const LIMITS = ['requests', 'everywhere'] as const;
export type Limits = (typeof LIMITS)[number];

export const DEFAULT_OPTIONS: LintOptions = {
  pathCase: 'kebab-case',
  propertyCase: 'snake_case',
  queryCase: 'snake_case',
  operationIdCase: 'any',
  enumCase: 'any',
  pagination: 'any',
  versionScheme: 'any',
  graceDays: { draft: 0, alpha: 0, beta: 30, stable: 90 },
  subResourceLevelsMax: 3,
  limits: 'requests',
};
