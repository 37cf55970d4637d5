import { PatternProblem, readPattern, type Assertion, type PatternTree } from './pattern-tree.ts';

export { PatternProblem };

/** Steps of a program; also bounds the time of one character when nothing of a text was seen before. */
const STEPS_MAX = 5000;
/** Of all states that are kept together: callers choose which ones there are. */
const STEPS_KEPT_MAX = 100_000;
const CHARS_KEPT_MAX = 4096;
/** Characters that are passed in states already known, for the price of a step of one that is not. */
const CHARS_A_STEP = 32;

/**
 * A regular expression that takes time in proportion to the text, whatever the text: a deterministic automaton, made
 * while it runs. Node's own engine goes back and tries again, which a caller can make it do for hours with thirty
 * characters. Back references and looking behind do not fit, looking ahead fits behind a leading `^`.
 */
export class LinearPattern {
  readonly #conditions: readonly Condition[];

  /** Throws a `PatternProblem`. */
  constructor(source: string) {
    const { tree, flags } = readPattern(source);
    this.#conditions = conditionsOf(tree).map(({ part, negative }) => ({
      automaton: new Automaton(part, flags),
      negative,
    }));
  }

  /** Does it match anywhere in the text? `spend` is told of the work, and may throw when it becomes too much. */
  test(text: string, spend: Spend = () => {}): boolean {
    for (const { automaton, negative } of this.#conditions) {
      if (automaton.test(text, spend) === negative) return false;
    }
    return true;
  }
}

export type Spend = (steps: number) => void;

interface Condition {
  readonly automaton: Automaton;
  readonly negative: boolean;
}

/** `^(?=a)(?!b)c` is `^a`, not `^b`, and `^c`. */
function conditionsOf(tree: PatternTree): readonly { readonly part: PatternTree; readonly negative: boolean }[] {
  if (tree.kind !== 'sequence') return [{ part: tree, negative: false }];
  const [first, ...rest] = tree.parts;
  if (first?.kind !== 'assertion' || first.what !== 'start') return [{ part: tree, negative: false }];
  const looks: { part: PatternTree; negative: boolean }[] = [];
  for (const part of rest) {
    if (part.kind !== 'look') break;
    looks.push({ part: { kind: 'sequence', parts: [first, part.part] }, negative: part.negative });
  }
  const main: PatternTree = { kind: 'sequence', parts: [first, ...rest.slice(looks.length)] };
  return [...looks, { part: main, negative: false }];
}

type Step =
  | { readonly kind: 'char'; readonly token: number; readonly next: number }
  | { readonly kind: 'fork'; readonly nexts: readonly number[] }
  | { readonly kind: 'assertion'; readonly what: Assertion; readonly next: number }
  | { readonly kind: 'match' };

/** What stands before a place, or behind it. */
const EDGE = 0;
const WORD = 1;
const OTHER = 2;
type Side = typeof EDGE | typeof WORD | typeof OTHER;

/** Characters that no part of the pattern tells apart. */
interface Letter {
  readonly id: number;
  readonly side: Side;
  readonly tokens: ReadonlySet<number>;
}

interface State {
  /** Before what takes no character. */
  readonly steps: readonly number[];
  readonly before: Side;
  /** By letters; `true`: it has matched. */
  readonly nexts: (State | true)[];
}

class Automaton {
  readonly #steps: Step[] = [];
  readonly #tokens: RegExp[] = [];
  readonly #flags: '' | 'u';
  readonly #start: number;
  readonly #letters = new Map<string, Letter>();
  readonly #ascii: Letter[] = [];
  readonly #others = new Map<number, Letter>();
  readonly #end: Letter = { id: 0, side: EDGE, tokens: new Set() };
  #states = new Map<string, State>();
  #stepsKept = 0;

  constructor(tree: PatternTree, flags: '' | 'u') {
    this.#flags = flags;
    this.#start = this.#build(tree, this.#add({ kind: 'match' }));
  }

  test(text: string, spend: Spend): boolean {
    spend(1 + Math.floor(text.length / CHARS_A_STEP));
    let state = this.#state([this.#start], EDGE);
    const unicode = this.#flags === 'u';
    for (let at = 0; at < text.length; at++) {
      let char = text.charCodeAt(at);
      if (unicode && char >= 0xd800 && char < 0xdc00) {
        char = text.codePointAt(at) ?? char;
        if (char > 0xffff) at++;
      }
      const letter = char < 128 ? (this.#ascii[char] ?? this.#letter(char)) : this.#letter(char);
      const next = state.nexts[letter.id] ?? this.#step(state, letter, spend);
      if (next === true) return true;
      state = next;
    }
    return (state.nexts[0] ?? this.#step(state, this.#end, spend)) === true;
  }

  #add(step: Step): number {
    if (this.#steps.length >= STEPS_MAX) throw new PatternProblem('repeats too much, write smaller numbers');
    return this.#steps.push(step) - 1;
  }

  /** From the end to the beginning: where a part leads is known before it is built. */
  #build(tree: PatternTree, next: number): number {
    switch (tree.kind) {
      case 'char':
        return this.#add({ kind: 'char', token: this.#token(tree.token), next });
      case 'assertion':
        return this.#add({ kind: 'assertion', what: tree.what, next });
      case 'sequence':
        return tree.parts.toReversed().reduce((after, part) => this.#build(part, after), next);
      case 'choice':
        return this.#add({ kind: 'fork', nexts: tree.branches.map((branch) => this.#build(branch, next)) });
      case 'repeat':
        return this.#repeat(tree, next);
      case 'look':
      default:
        throw new PatternProblem(
          'looks ahead elsewhere than behind a leading ^, which cannot be matched in linear time',
        );
    }
  }

  #repeat({ part, min, max }: PatternTree & { readonly kind: 'repeat' }, next: number): number {
    if (max < min) throw new PatternProblem('repeats at least more than at most');
    // What may be left out is left out as a whole, so that `{0,9}` is nine forks and not ninety.
    let entry = next;
    if (max === Infinity) {
      const nexts: number[] = [next];
      const fork = this.#add({ kind: 'fork', nexts });
      nexts.push(this.#build(part, fork));
      entry = fork;
    } else {
      for (let i = min; i < max; i++) {
        entry = this.#add({ kind: 'fork', nexts: [next, this.#build(part, entry)] });
      }
    }
    for (let i = 0; i < min; i++) entry = this.#build(part, entry);
    return entry;
  }

  #token(source: string): number {
    const pattern = new RegExp(`^(?:${source})$`, this.#flags);
    const known = this.#tokens.findIndex((each) => each.source === pattern.source);
    return known >= 0 ? known : this.#tokens.push(pattern) - 1;
  }

  #letter(char: number): Letter {
    const known = this.#others.get(char);
    if (known !== undefined) return known;
    const text = this.#flags === 'u' ? String.fromCodePoint(char) : String.fromCharCode(char);
    const side = /^\w$/.test(text) ? WORD : OTHER;
    const tokens = this.#tokens.flatMap((pattern, index) => (pattern.test(text) ? [index] : []));
    const key = `${side} ${tokens.join(' ')}`;
    const letter = this.#letters.get(key) ?? { id: this.#letters.size + 1, side, tokens: new Set(tokens) };
    this.#letters.set(key, letter);
    if (char < 128) this.#ascii[char] = letter;
    else {
      if (this.#others.size >= CHARS_KEPT_MAX) this.#others.clear();
      this.#others.set(char, letter);
    }
    return letter;
  }

  #state(steps: readonly number[], before: Side): State {
    const key = `${before} ${steps.join(' ')}`;
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    // Some patterns have more states than anybody can keep: then they are made again.
    this.#stepsKept += steps.length + 1;
    if (this.#stepsKept > STEPS_KEPT_MAX) {
      this.#states = new Map();
      this.#stepsKept = steps.length + 1;
    }
    const state: State = { steps, before, nexts: [] };
    this.#states.set(key, state);
    return state;
  }

  #step(state: State, letter: Letter, spend: Spend): State | true {
    const next = this.#follow(state, letter, spend);
    state.nexts[letter.id] = next;
    return next;
  }

  #follow({ steps, before }: State, { side, tokens }: Letter, spend: Spend): State | true {
    const seen = new Set<number>(steps);
    // A match may begin anywhere.
    seen.add(this.#start);
    const reached = new Set<number>();
    for (const index of seen) {
      const step = this.#steps[index];
      if (step === undefined) continue;
      if (step.kind === 'match') return true;
      if (step.kind === 'fork') for (const next of step.nexts) seen.add(next);
      else if (step.kind === 'char') {
        if (tokens.has(step.token)) reached.add(step.next);
      } else if (holds(step.what, before, side)) seen.add(step.next);
    }
    spend(seen.size);
    return this.#state(
      [...reached].toSorted((a, b) => a - b),
      side,
    );
  }
}

function holds(what: Assertion, before: Side, behind: Side): boolean {
  if (what === 'start') return before === EDGE;
  if (what === 'end') return behind === EDGE;
  return ((before === WORD) !== (behind === WORD)) === (what === 'word-edge');
}
