import { isObject, namedOf } from '../document/json-value.ts';
import { UnreadableDocument, type SpecDocument } from '../document/spec-document.ts';
import { CASES, DEFAULT_OPTIONS, LIMITS, PAGINATIONS, STABILITIES, type LintOptions } from './options.ts';

type Read = (value: unknown) => Partial<LintOptions> | undefined;

function choice<Name extends keyof LintOptions>(name: Name, values: readonly LintOptions[Name][]): Read {
  return (value) => {
    const found = values.find((one) => one === value);
    return found === undefined ? undefined : { [name]: found };
  };
}

const isDays = (value: unknown): value is number => typeof value === 'number' && Number.isInteger(value) && value >= 0;

interface OptionReader {
  readonly read: Read;
  readonly asks: string;
}

/** As files write them. */
const OPTIONS: Readonly<Record<string, OptionReader>> = {
  path_case: { read: choice('pathCase', CASES), asks: CASES.join(', ') },
  property_case: { read: choice('propertyCase', CASES), asks: CASES.join(', ') },
  query_case: { read: choice('queryCase', CASES), asks: CASES.join(', ') },
  operation_id_case: { read: choice('operationIdCase', [...CASES, 'any']), asks: `${CASES.join(', ')}, any` },
  enum_case: { read: choice('enumCase', [...CASES, 'any']), asks: `${CASES.join(', ')}, any` },
  pagination: { read: choice('pagination', PAGINATIONS), asks: PAGINATIONS.join(', ') },
  version_scheme: { read: choice('versionScheme', ['semver', 'date', 'any']), asks: 'semver, date, any' },
  limits: { read: choice('limits', LIMITS), asks: LIMITS.join(', ') },
  grace_days: { read: graceDays, asks: `days for ${STABILITIES.join(', ')}, or one number for all` },
  sub_resource_levels_max: {
    read: (value) => (isDays(value) ? { subResourceLevelsMax: value } : undefined),
    asks: 'a whole number',
  },
};

export const OPTION_NAMES: readonly string[] = Object.keys(OPTIONS);

function graceDays(value: unknown): Partial<LintOptions> | undefined {
  if (isDays(value)) return { graceDays: { draft: value, alpha: value, beta: value, stable: value } };
  if (!isObject(value)) return undefined;
  const days: Record<string, number> = {};
  for (const [level, count] of namedOf(value)) {
    if (!STABILITIES.some((one) => one === level) || !isDays(count)) return undefined;
    days[level] = count;
  }
  return { graceDays: { ...DEFAULT_OPTIONS.graceDays, ...days } };
}

/** Throws `UnreadableDocument`, with the place. */
export function readOptions(document: SpecDocument, value: unknown, before: LintOptions): LintOptions {
  if (value === undefined) return before;
  const wrong = (path: readonly string[], message: string): UnreadableDocument =>
    new UnreadableDocument(message, document.placeOf(path));
  if (!isObject(value)) throw wrong(['options'], 'expected names and values');
  let options = before;
  for (const [name, given] of namedOf(value)) {
    const option = Object.hasOwn(OPTIONS, name) ? OPTIONS[name] : undefined;
    if (option === undefined) {
      throw wrong(['options', name], `no option is named \`${name}\`; there are ${OPTION_NAMES.join(', ')}`);
    }
    const read = option.read(given);
    if (read === undefined) throw wrong(['options', name], `\`${name}\` takes ${option.asks}`);
    options = { ...options, ...read };
  }
  return options;
}
