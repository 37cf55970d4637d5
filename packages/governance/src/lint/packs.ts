import type { LintOptions } from './options.ts';
import type { Rule, Severity } from './rule.ts';

export type Level = Severity | 'off';

/** Which rules an organisation goes by, and how it takes them. Facts only. */
export interface Pack {
  readonly summary: string;
  /** Of rules that `rules` says nothing of: their own severity, one step graver, or none. */
  readonly others: 'own' | 'graver' | 'off';
  /** By id; `own` is the severity of the rule itself. */
  readonly rules: Readonly<Record<string, Level | 'own'>>;
  readonly options: Partial<LintOptions>;
}

export const PACKS: Readonly<Record<string, Pack>> = {
  recommended: { summary: 'Every rule at its own severity.', others: 'own', rules: {}, options: {} },
  strict: {
    summary: 'Every rule, one step graver, and limits for replies too.',
    others: 'graver',
    rules: {},
    options: { limits: 'everywhere' },
  },
  'owasp-2023': {
    summary: 'The OWASP API Security Top 10 of 2023, as far as a document shows it.',
    others: 'off',
    rules: own('C20 C21 C26 S01 S02 S03 S04 S05 S06 S07 S08 S09 S10 S11 S12 S13 S14 S15 S16 S17 S18'),
    options: { limits: 'everywhere' },
  },
  zalando: {
    summary: 'What the RESTful guidelines of Zalando ask for.',
    others: 'off',
    rules: {
      ...own('C01 C02 C03 C04 C06 C07 C08 C09 C10 C12 C13 C14 C15 C16 C17 C20 C22 C23 C25 C26'),
      ...own('V01 V05 V08 V09 V10 V11 V12 D01 D02 D06 D13 S01 S03 S07 S18'),
      V02: 'off',
      V03: 'off',
    },
    options: {
      propertyCase: 'snake_case',
      queryCase: 'snake_case',
      enumCase: 'SCREAMING_SNAKE_CASE',
      pagination: 'cursor',
      versionScheme: 'semver',
    },
  },
  'google-aip': {
    summary: 'What the API improvement proposals of Google ask for.',
    others: 'off',
    rules: {
      ...own('C02 C03 C04 C05 C06 C08 C09 C11 C12 C13 C15 C16 C17 C18 C21 C25 C26 V02 V03 V05 V07'),
      ...own('D01 D05 D06 D08 S01 S03 S07'),
      C08: 'error',
    },
    options: {
      propertyCase: 'camelCase',
      queryCase: 'camelCase',
      enumCase: 'SCREAMING_SNAKE_CASE',
      pagination: 'cursor',
    },
  },
  azure: {
    summary: 'What the REST guidelines of Azure ask for.',
    others: 'off',
    rules: {
      ...own('C01 C04 C05 C06 C08 C09 C10 C11 C12 C13 C14 C16 C17 C18 C19 C21 C24 C26 V01 V02 V05 V08 V09'),
      ...own('D01 D02 D05 D06 D08 S01 S03 S07'),
    },
    options: { propertyCase: 'camelCase', queryCase: 'camelCase', operationIdCase: 'any', versionScheme: 'date' },
  },
  'agent-ready': {
    summary: 'What an agent needs to call an API without a person beside it.',
    others: 'off',
    rules: {
      ...own('C06 C11 C12 C16 C17 C20 C21 C25 C26 V05 V07 V12'),
      ...own('D01 D05 D06 D07 D08 D09 D10 D13 D14 S01 S03 S11 S13 S16'),
      D05: 'error',
      D06: 'error',
      D08: 'error',
      D14: 'error',
    },
    options: {},
  },
  'public-sector': {
    summary: 'What the guidelines of Italy and the United Kingdom ask of public bodies.',
    others: 'off',
    rules: {
      ...own('C01 C04 C05 C06 C10 C11 C13 C14 C16 C17 C18 C20 C21 C24 C26 V01 V02 V05 V07 V12'),
      ...own('D01 D02 D03 D04 D05 D06 D07 D08 D10 D12 S01 S03 S04 S05 S07 S10 S11 S12 S13 S16'),
      D03: 'error',
    },
    options: { versionScheme: 'semver' },
  },
  none: { summary: 'No rule: a start for a ruleset that names its own.', others: 'off', rules: {}, options: {} },
};

function own(ids: string): Readonly<Record<string, 'own'>> {
  return Object.fromEntries(ids.split(' ').map((id) => [id, 'own']));
}

export function packOf(name: string): Pack | undefined {
  return Object.hasOwn(PACKS, name) ? PACKS[name] : undefined;
}

const GRAVER: Readonly<Record<Severity, Severity>> = { info: 'warning', warning: 'error', error: 'error' };

/** How a pack takes a rule. */
export function levelIn(pack: Pack, { id, severity }: Pick<Rule, 'id' | 'severity'>): Level {
  const level = Object.hasOwn(pack.rules, id) ? pack.rules[id] : pack.others;
  if (level === 'own' || level === undefined) return severity;
  return level === 'graver' ? GRAVER[severity] : level;
}
