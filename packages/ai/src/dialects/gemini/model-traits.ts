/** What generations of Gemini take differently, told from the model's name; facts about models age, and stand here only. */
export interface ModelTraits {
  /** How thinking is asked for: by level, by tokens, or not at all. */
  readonly thinking: 'level' | 'budget' | 'none';
  /** For `budget`: what the model takes. */
  readonly budget: BudgetRange;
  /** For `level`: the least there is. */
  readonly leastLevel: 'MINIMAL' | 'LOW';
  /** Calls of the current turn must come back with their thought signatures. */
  readonly wantsSignatures: boolean;
  /** Results of functions may hold media. */
  readonly mediaInResults: boolean;
  /** Declared functions and a JSON answer in one request. */
  readonly jsonBesideFunctions: boolean;
}

export interface BudgetRange {
  readonly min: number;
  readonly max: number;
  /** 0 is allowed. */
  readonly off: boolean;
}

export function modelTraits(model: string): ModelTraits {
  const version = versionOf(model);
  const newest = version >= 3;
  const pro = /\bpro\b/i.test(model);
  return {
    thinking: newest ? 'level' : version >= 2.5 ? 'budget' : 'none',
    budget: pro ? PRO : /\blite\b/i.test(model) ? LITE : FLASH,
    leastLevel: pro ? 'LOW' : 'MINIMAL',
    wantsSignatures: newest,
    mediaInResults: newest,
    jsonBesideFunctions: newest,
  };
}

const PRO: BudgetRange = { min: 128, max: 32_768, off: false };
const FLASH: BudgetRange = { min: 1, max: 24_576, off: true };
const LITE: BudgetRange = { min: 512, max: 24_576, off: true };

/** 0 for what is no Gemini; names without a number, such as `gemini-flash-latest`, follow the newest. */
function versionOf(model: string): number {
  const [, digits] = /\bgemini-(\d{1,3}(?:\.\d{1,3})?)?/i.exec(model) ?? [undefined, ''];
  return digits === undefined ? Number.POSITIVE_INFINITY : Number(digits);
}
