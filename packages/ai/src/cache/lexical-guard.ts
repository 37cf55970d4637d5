/**
 * What a vector does not tell: embeddings put `5 miles to km` and `5 km to miles`, or `allowed` and `not allowed`, closer
 * together than most paraphrases (0.99 with MiniLM). Two questions may share an answer only if they agree here as well.
 */
export interface Wording {
  /** Lower case, in the singular. */
  readonly words: readonly string[];
  /** Those of `words` that carry meaning. */
  readonly content: readonly string[];
  readonly names: ReadonlySet<string>;
  /** Digits with what stands at them, signs, number words. */
  readonly numbers: string;
  readonly quotes: string;
  readonly negations: number;
}

export function readWording(text: string): Wording {
  const plain = text.normalize('NFKC').replace(/[‘’ʼ]/g, "'");
  const tokens = [...plain.matchAll(WORD)];
  const words = tokens.flatMap(([token]) => wordsOf(token));
  const quotes = [...plain.matchAll(QUOTED)].map((match) => match.slice(1).find((quote) => quote !== undefined));
  return {
    words: words.map(singular),
    content: words.filter((word) => !EMPTY_WORDS.has(word)).map(singular),
    names: new Set(tokens.filter((token) => isName(token, plain)).flatMap(([token]) => wordsOf(token).map(singular))),
    numbers: [...plain.matchAll(NUMBER)].map(([number]) => number).join(' ') + numberWords(words),
    quotes: JSON.stringify(quotes),
    negations: words.filter((word) => NEGATIONS.has(word)).length + [...plain.matchAll(NEGATING_SIGNS)].length,
  };
}

/**
 * Numbers, quotes, negations and names are the same, names in the same order. And where half of the words are the same,
 * the rest is what the question is about: then all that carry meaning are. Too strict rather than too lax: a miss costs
 * a call, a wrong answer costs trust.
 */
export function saysTheSame(a: Wording, b: Wording): boolean {
  if (a.numbers !== b.numbers || a.quotes !== b.quotes || a.negations !== b.negations) return false;
  const names = a.names.union(b.names);
  if (!sameOrder(named(a, names), named(b, names))) return false;
  if (Math.min(a.content.length, b.content.length) < JUDGED_WORDS_MIN) return sameOrder(a.words, b.words);
  const alike = Math.max(overlap(a.words, b.words), overlap(a.content, b.content)) >= ALIKE_MIN;
  return !alike || sameOrder(a.content, b.content);
}

const ALIKE_MIN = 0.5;
/** With fewer words than these nothing can be told from them. */
const JUDGED_WORDS_MIN = 2;

/** Languages without spaces: each of their characters counts as a word. */
const UNSPACED = String.raw`\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}`;
const WORD = new RegExp(String.raw`[${UNSPACED}]|[[\p{L}\p{M}\p{N}_]--[${UNSPACED}]]+(?:'\p{L}+)?`, 'gv');
/** Signs too, and punctuation that stands alone: it is what a question is about, such as `??` or `[]`. */
const NUMBER = /[-+−]?\p{Sc}?\p{N}+(?:[.,:/-]\p{N}+)*[%‰°]?|(?<!\S)[\p{P}\p{S}]+(?!\S)|[\p{S}*#&@%‰\\]/gu;
const QUOTED =
  /"([^"]{1,200})"|“([^”]{1,200})”|„([^“”]{1,200})[“”]|«([^»]{1,200})»|`([^`]{1,200})`|(?<![\p{L}\p{N}])'([^']{1,200})'(?![\p{L}\p{N}])/gu;
const NEGATING_SIGNS = /[不没沒無无非未别別]|ない|ません/gu;

/** `don't` is `do not`; what else hangs on a word says nothing of its own. */
function wordsOf(token: string): readonly string[] {
  const word = token.toLowerCase();
  if (word === 'cannot') return ['can', 'not'];
  const [stem = word, tail] = word.split("'");
  if (tail === 't' && stem.endsWith('n')) return [IRREGULAR.get(stem) ?? stem.slice(0, -1), 'not'];
  return [stem];
}

const IRREGULAR: ReadonlyMap<string, string> = new Map([
  ['can', 'can'],
  ['won', 'will'],
  ['shan', 'shall'],
]);

function singular(word: string): string {
  return word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word;
}

/** A capital inside a word; or in front of one that does not begin a sentence, or would not be there for nothing. */
function isName(match: RegExpExecArray, text: string): boolean {
  const [token] = match;
  if (!/^\P{Lu}?.*\p{Lu}/u.test(token) || token.startsWith("I'") || token === 'I') return false;
  const begins = /(?:^|[.!?:;\n])[\s"“„«'(*-]*$/u.test(text.slice(Math.max(0, match.index - 8), match.index));
  const capitalised = /^\p{Lu}[^\p{Lu}]*$/u.test(token);
  return !(begins && capitalised && wordsOf(token).every((word) => EMPTY_WORDS.has(word) || ASKING.has(word)));
}

function numberWords(words: readonly string[]): string {
  return words.map((word) => (NUMBER_WORDS.has(word) ? ` ${word}` : '')).join('');
}

function named({ words }: Wording, names: ReadonlySet<string>): readonly string[] {
  return words.filter((word) => names.has(word));
}

function sameOrder(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((word, at) => word === b[at]);
}

/** How much of the longer is in the other too. */
function overlap(a: readonly string[], b: readonly string[]): number {
  const left = new Map<string, number>();
  for (const word of a) left.set(word, (left.get(word) ?? 0) + 1);
  let both = 0;
  for (const word of b) {
    const count = left.get(word) ?? 0;
    if (count > 0) both++;
    left.set(word, count - 1);
  }
  return both / Math.max(a.length, b.length, 1);
}

function wordSet(words: string): ReadonlySet<string> {
  return new Set(words.split(' '));
}

/** English only: in other languages every word carries meaning, and fewer questions are taken for the same. */
const EMPTY_WORDS = wordSet(
  'a an the this that these those there here i me you it we us is are am be been being do does can could would ' +
    'please what which how tell explain describe give show know let help want like way to of in on at for by with ' +
    'about and as just also so then hi hello hey thanks thank ok',
);
/** They begin questions, and are no names. */
const ASKING = wordSet('who whom whose when where why did was were will should must may has have had if my your');
const NEGATIONS = wordSet(
  'not no never none nobody nothing nowhere neither nor without nicht kein keine keinen keinem keiner keines nie ' +
    'niemals ohne ne pas jamais sans aucun aucune nunca sin ningún ninguna nada non mai senza nessuno nessuna não ' +
    'sem nenhum nenhuma niet geen nooit zonder не нет без никогда bez inte ingen utan',
);
const NUMBER_WORDS = wordSet(
  'zero one two three four five six seven eight nine ten eleven twelve hundred thousand million billion half double ' +
    'twice first second third',
);
