import { item, PatternParser, slot, type PatternNode } from '@gatehouse/kernel';
import type { Spot, Spots, Spotter } from '../../policy.ts';

/** Bigger patterns are refused: `{1,9999}` is written out. */
export const STATES_MAX = 400;
/** Of all texts of one call: what is behind the place where they are used up is not shown. */
const STEPS_MAX = 500_000;
const PLAIN_CHARS = 128;

type State =
  | { readonly is: 'char'; readonly plain: Uint8Array; readonly test: RegExp; readonly next: number }
  | { readonly is: 'fork'; readonly nexts: readonly number[] }
  | { readonly is: 'start' | 'end' | 'edge' | 'no-edge'; readonly next: number }
  | { readonly is: 'match' };

interface Program {
  readonly states: readonly State[];
  readonly start: number;
  /** 1 for characters that a match may begin with; those beyond always may. */
  readonly first: Uint8Array;
}

/** Steps that are left. */
interface Budget {
  steps: number;
}

/**
 * Finds what a pattern matches, leftmost and longest, by following all of its states at once: text times pattern at most,
 * where `RegExp` may take forever. Undefined for what is not understood, too big, or may match nothing at all. What it
 * answers makes spotters, each with a budget for all texts that it is shown.
 */
export function patternSpotter(source: string): (() => Spotter) | undefined {
  const program = programOf(source);
  return program && (() => spotterOf(program, { steps: STEPS_MAX }));
}

function spotterOf(program: Program, budget: Budget): Spotter {
  return (text, goesOn) => new Search(program, budget, { text, goesOn }).run();
}

/** As it is now: the states that are reached, and for each where its match would begin. */
class Threads {
  readonly places: number[] = [];
  readonly starts: number[] = [];
  readonly #seen: Uint8Array;

  constructor(states: number) {
    this.#seen = new Uint8Array(states);
  }

  add(place: number, start: number): boolean {
    if (slot(this.#seen, place) === 1) return false;
    this.#seen[place] = 1;
    this.places.push(place);
    this.starts.push(start);
    return true;
  }

  clear(): void {
    for (const place of this.places) this.#seen[place] = 0;
    this.places.length = 0;
    this.starts.length = 0;
  }
}

class Search {
  readonly #program: Program;
  readonly #text: string;
  readonly #goesOn: boolean;
  readonly #spots: Spot[] = [];
  #now: Threads;
  #next: Threads;
  #best: { readonly start: number; readonly end: number } | undefined;
  readonly #budget: Budget;

  constructor(program: Program, budget: Budget, { text, goesOn }: { readonly text: string; readonly goesOn: boolean }) {
    this.#program = program;
    this.#budget = budget;
    this.#text = text;
    this.#goesOn = goesOn;
    this.#now = new Threads(program.states.length);
    this.#next = new Threads(program.states.length);
  }

  run(): Spots {
    const text = this.#text;
    for (let at = this.#skipped(0); at <= text.length;) {
      if (this.#budget.steps <= 0) return { spots: this.#spots, decided: this.#earliest(at) };
      // Older threads first: of two at one state, the one that began earlier stays.
      if (this.#best === undefined) this.#follow(this.#now, this.#program.start, { start: at, at });
      if (at === text.length) break;
      const char = text.codePointAt(at) ?? 0;
      const behind = at + (char > 0xffff ? 2 : 1);
      this.#advance(char, behind);
      at = this.#skipped(this.#settled() ? this.#restart() : behind);
    }
    const decided = this.#goesOn ? this.#earliest(text.length) : text.length;
    if (this.#best !== undefined) this.#spots.push({ kind: 'pattern', ...this.#best });
    return { spots: this.#spots, decided };
  }

  /** Where the next match may begin, while none has. */
  #skipped(from: number): number {
    if (this.#now.places.length > 0 || this.#best !== undefined) return from;
    const { first } = this.#program;
    let at = from;
    for (
      let code = this.#text.charCodeAt(at);
      code < PLAIN_CHARS && first[code] === 0;
      code = this.#text.charCodeAt(at)
    )
      at++;
    return at;
  }

  /** Nothing that is still followed could begin as early, or end later. */
  #settled(): boolean {
    const best = this.#best;
    return best !== undefined && !this.#now.starts.some((start) => start <= best.start);
  }

  #restart(): number {
    const { start, end } = this.#best ?? { start: 0, end: 0 };
    this.#spots.push({ kind: 'pattern', start, end });
    this.#best = undefined;
    this.#now.clear();
    return end;
  }

  /** Where that begins which may still come to something. */
  #earliest(at: number): number {
    return Math.min(at, this.#best?.start ?? at, ...this.#now.starts);
  }

  #advance(char: number, behind: number): void {
    const { places, starts } = this.#now;
    for (let i = 0; i < places.length; i++) {
      const state = item(this.#program.states, item(places, i));
      const start = item(starts, i);
      if (state.is !== 'char' || (this.#best !== undefined && start > this.#best.start)) continue;
      const takes = char < PLAIN_CHARS ? slot(state.plain, char) === 1 : state.test.test(String.fromCodePoint(char));
      if (takes) this.#follow(this.#next, state.next, { start, at: behind });
    }
    this.#now.clear();
    [this.#now, this.#next] = [this.#next, this.#now];
  }

  #follow(threads: Threads, from: number, { start, at }: { readonly start: number; readonly at: number }): void {
    const waiting = [from];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      this.#budget.steps--;
      if (!threads.add(place, start)) continue;
      const state = item(this.#program.states, place);
      if (state.is === 'match') this.#matched(start, at);
      else if (state.is === 'fork') waiting.push(...state.nexts);
      else if (state.is !== 'char' && this.#holds(state.is, at)) waiting.push(state.next);
    }
  }

  #matched(start: number, end: number): void {
    const best = this.#best;
    if (end > start && (best === undefined || start < best.start || (start === best.start && end > best.end)))
      this.#best = { start, end };
  }

  #holds(assertion: 'start' | 'end' | 'edge' | 'no-edge', at: number): boolean {
    if (assertion === 'start') return at === 0;
    if (assertion === 'end') return at === this.#text.length && !this.#goesOn;
    const edge = isWord(this.#text[at - 1]) !== isWord(this.#text[at]);
    return edge === (assertion === 'edge');
  }
}

function isWord(char: string | undefined): boolean {
  return char !== undefined && /^\w$/.test(char);
}

function programOf(source: string): Program | undefined {
  const tree = new PatternParser(source).parse();
  if (tree === undefined) return undefined;
  const states: State[] = [{ is: 'match' }];
  const start = built(tree, 0, states);
  if (states.length > STATES_MAX || isEmpty(tree)) return undefined;
  return { states, start, first: firstChars(states, start) };
}

function firstChars(states: readonly State[], start: number): Uint8Array {
  const first = new Uint8Array(PLAIN_CHARS);
  const seen = new Set([start]);
  for (const place of seen) {
    const state = item(states, place);
    if (state.is === 'fork') for (const next of state.nexts) seen.add(next);
    else if (state.is === 'char')
      for (let char = 0; char < PLAIN_CHARS; char++) first[char] = slot(first, char) | slot(state.plain, char);
    // Assertions are taken to hold.
    else if (state.is !== 'match') seen.add(state.next);
  }
  return first;
}

/** It matches where nothing stands, as `a*` does: a slip, which would find nothing or everything. */
function isEmpty(tree: PatternNode): boolean {
  switch (tree.is) {
    case 'char':
      return false;
    case 'group':
      return isEmpty(tree.part);
    case 'sequence':
      return tree.parts.every(isEmpty);
    case 'choice':
      return tree.parts.some(isEmpty);
    case 'repeat':
      return tree.least === 0 || isEmpty(tree.part);
    case 'assertion':
    default:
      return true;
  }
}

/** From the end to the beginning: where a part leads is known before it is built. */
function built(node: PatternNode, next: number, states: State[]): number {
  const add = (state: State): number => (states.length > STATES_MAX ? 0 : states.push(state) - 1);
  switch (node.is) {
    case 'char':
      return add({ is: 'char', plain: plainChars(node.test), test: node.test, next });
    case 'assertion':
      return add({ is: node.kind, next });
    case 'group':
      return built(node.part, next, states);
    case 'sequence':
      return node.parts.reduceRight((behind, part) => built(part, behind, states), next);
    case 'choice':
      return add({ is: 'fork', nexts: node.parts.map((part) => built(part, next, states)) });
    case 'repeat':
    default:
      return repeated(node, next, states);
  }
}

function repeated(
  { part, least, most }: Extract<PatternNode, { readonly is: 'repeat' }>,
  next: number,
  states: State[],
): number {
  let behind = next;
  if (most === undefined) {
    const nexts = [next];
    behind = states.push({ is: 'fork', nexts }) - 1;
    nexts.push(built(part, behind, states));
  }
  for (let extra = (most ?? least) - least; extra > 0 && states.length <= STATES_MAX; extra--) {
    behind = states.push({ is: 'fork', nexts: [next, built(part, behind, states)] }) - 1;
  }
  for (let times = 0; times < least && states.length <= STATES_MAX; times++) behind = built(part, behind, states);
  return behind;
}

function plainChars(test: RegExp): Uint8Array {
  return Uint8Array.from({ length: PLAIN_CHARS }, (_, char) => (test.test(String.fromCharCode(char)) ? 1 : 0));
}
