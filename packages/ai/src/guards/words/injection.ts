import { item, slot } from '@gatehouse/kernel';
import { foldText, isFoldedWord } from './fold-character.ts';
import { hiddenTextIn } from './hidden-text.ts';
import { INJECTION_RULES, VOCABULARY, type InjectionKind } from './injection-rules.ts';

/**
 * What in a text looks like an attempt to take the model away from its instructions, with how often. A heuristic: words
 * of certain kinds close to each other, marks of roles, and text that only a machine sees.
 */
export function injectionsIn(text: string): ReadonlyMap<InjectionKind, number> {
  const found = new Map<InjectionKind, number>();
  const add = (kind: InjectionKind): void => void found.set(kind, (found.get(kind) ?? 0) + 1);
  const folded = foldText(text);
  readWords(folded, new RuleMatcher(add));
  for (const _ of folded.matchAll(ROLE_MARKS)) add('role_marker');
  if (RUNS_TOGETHER.test(folded)) for (const _ of folded.matchAll(WITHOUT_SPACES)) add('override');
  for (let at = hiddenTextIn(text); at > 0; at--) add('hidden_text');
  return found;
}

const RUNS_TOGETHER = /[\u3040-\u9fff\u1100-\u11ff]/;

/** What chat templates and other gates tell roles apart by; no person writes them to a model. */
const ROLE_MARKS =
  /<\|(?:im_start|im_end|system|user|assistant|endoftext|start_header_id|end_header_id|eot_id)\|>|\[\/?inst\]|<<\/?sys>>|<(?:start|end)_of_turn>|<\/?(?:system|system_prompt|system-prompt)>|#{2,4} ?(?:system|instructions?)(?: prompt| message)?:|(?:begin|end) (?:of )?system prompt/g;

/** For scripts without spaces: what is to be dropped, near what is to be dropped of it. Bounded, so linear. */
const WITHOUT_SPACES = new RegExp(
  [
    '(?:忽略|无视|無視|忽視|忘记|忘記|不要遵守|不要理会).{0,12}?(?:指令|指示|规则|規則|提示|命令|设定|設定)',
    '(?:指示|命令|ルール|規則|指令|プロンプト).{0,12}?(?:無視|忘れ)',
    '(?:지시|규칙|명령|프롬프트).{0,10}?(?:무시|잊어)',
  ]
    .map(foldText)
    .join('|'),
  'g',
);

/** Puts letters that stand alone, one mark apart, together: `i g n o r e`. */
class SpeltWords {
  readonly #matcher: RuleMatcher;
  #spelt = '';

  constructor(matcher: RuleMatcher) {
    this.#matcher = matcher;
  }

  /** `gap`: how many characters stand between it and the word before. */
  word(word: string, gap: number): void {
    if (gap > 1 && this.#spelt !== '') this.end();
    if (word.length === 1 && this.#spelt.length < WORD_CHARS_MAX) {
      this.#spelt += word;
      return;
    }
    if (this.#spelt !== '') this.end();
    this.#matcher.word(word);
  }

  /** A word of no rule. */
  unknown(): void {
    if (this.#spelt !== '') this.end();
    this.#matcher.pause();
  }

  /** A mark between words. */
  mark(code: number): void {
    if (code === COLON) {
      this.end();
      this.#matcher.word(':');
    } else if (PAUSES.has(code)) this.#matcher.pause();
  }

  end(): void {
    const spelt = this.#spelt;
    this.#spelt = '';
    if (spelt.length > 2) this.#matcher.word(spelt);
    else for (const letter of spelt) this.#matcher.word(letter);
  }
}

const WORD_CHARS_MAX = 32;
const APOSTROPHE = 0x27;
const COLON = 0x3a;
/** `. ! ? ,` and `;`. */
const PAUSES: ReadonlySet<number> = new Set([0x2e, 0x21, 0x3f, 0x2c, 0x3b]);

/** Cuts a folded text into words. */
function readWords(text: string, matcher: RuleMatcher): void {
  const words = new SpeltWords(matcher);
  let behind = 0;
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (!isFoldedWord(code)) {
      words.mark(code);
      at++;
      continue;
    }
    let end = at + 1;
    while (end < text.length && goesOn(text.charCodeAt(end))) end++;
    if (end - at > 1 && !mayBeginKnown(code, text.charCodeAt(at + 1))) words.unknown();
    else {
      const word = text.slice(at, Math.min(end, at + WORD_CHARS_MAX));
      words.word(DISGUISED.test(word) ? undisguised(word) : word, at - behind);
    }
    behind = at = end;
  }
  words.end();
}

/** Most words are not in the vocabulary, and two characters tell. */
function mayBeginKnown(first: number, second: number): boolean {
  return (
    first > 127 ||
    second > 127 ||
    DISGUISES.has(first) ||
    DISGUISES.has(second) ||
    slot(BEGINS, first * 128 + second) === 1
  );
}

const BEGINS = new Uint8Array(128 * 128);
for (const word of VOCABULARY.keys()) {
  if (word.charCodeAt(0) < 128 && word.charCodeAt(1) < 128) BEGINS[word.charCodeAt(0) * 128 + word.charCodeAt(1)] = 1;
}

/** Digits that stand for letters, as in `1gn0re`, and apostrophes, which belong to no word of the vocabulary. */
const DISGUISED = /^(?=.*[a-z])(?=.*['\d])/;
const DISGUISES: ReadonlySet<number> = new Set(Buffer.from("'0134578"));
const LETTERS: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', "'": '' };

function undisguised(word: string): string {
  return word.replaceAll(/['\d]/g, (char) => LETTERS[char] ?? char);
}

/** "don't" is one word. */
function goesOn(code: number): boolean {
  return isFoldedWord(code) || code === APOSTROPHE;
}

/** Follows all rules at once; of each it remembers where its first, second, … part was last seen. */
class RuleMatcher {
  readonly #add: (kind: InjectionKind) => void;
  readonly #seen = INJECTION_RULES.map(({ steps }) => new Float64Array(steps.length).fill(Number.NEGATIVE_INFINITY));
  /** Words so far; ends of sentences count as some. */
  #index = 0;

  constructor(add: (kind: InjectionKind) => void) {
    this.#add = add;
  }

  pause(): void {
    this.#index++;
  }

  word(word: string): void {
    if (word !== ':') this.#index++;
    const parts = VOCABULARY.get(word);
    if (parts === undefined) return;
    for (const { rule, step, within, last, kind } of parts) {
      const seen = item(this.#seen, rule);
      if (step > 0 && this.#index - slot(seen, step - 1) > within) continue;
      if (last) {
        seen.fill(Number.NEGATIVE_INFINITY);
        this.#add(kind);
      } else seen[step] = this.#index;
    }
  }
}
