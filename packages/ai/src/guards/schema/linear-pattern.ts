import { item, PatternParser, type PatternNode } from '@gatehouse/kernel';

/** Bigger ones are refused: `{1,9999}` is written out. */
const STATES_MAX = 2000;

/** One instruction of the automaton; `next` and `other` are places in its program. */
type State =
  | { readonly is: 'char'; readonly test: RegExp; readonly next: number }
  | { readonly is: 'either'; readonly next: number; readonly other: number }
  | { readonly is: 'start' | 'end' | 'edge' | 'no-edge'; readonly next: number }
  | { readonly is: 'match' };

/**
 * A regular expression in the dialect of JSON Schema (ECMA-262 with `u`, without look-around and back-references), run
 * as a set of states: time is text times pattern, whatever the two are. `RegExp` may take exponential time.
 */
export class LinearPattern {
  readonly #program: readonly State[];

  private constructor(program: readonly State[]) {
    this.#program = program;
  }

  /** Undefined when the pattern is not understood, or too big. */
  static compile(source: string): LinearPattern | undefined {
    const tree = new PatternParser(source).parse();
    if (tree === undefined) return undefined;
    const builder = new ProgramBuilder();
    const start = builder.build(tree, builder.add({ is: 'match' }));
    return builder.isTooBig
      ? undefined
      : new LinearPattern([...builder.states, { is: 'either', next: start, other: start }]);
  }

  /** How much work a text is. */
  cost(text: string): number {
    return (text.length + 1) * this.#program.length;
  }

  /** Whether it is found anywhere in the text. */
  test(text: string): boolean {
    const chars = Array.from(text);
    let states = new StateSet(this.#program.length);
    for (let at = 0; at <= chars.length; at++) {
      if (this.#follow(this.#program.length - 1, states, { chars, at })) return true;
      const next = new StateSet(this.#program.length);
      for (const place of states.places) {
        const state = item(this.#program, place);
        if (state.is !== 'char' || at === chars.length || !state.test.test(item(chars, at))) continue;
        if (this.#follow(state.next, next, { chars, at: at + 1 })) return true;
      }
      states = next;
    }
    return false;
  }

  /** Adds a state and all that are reached from it without a character. True when the match is there. */
  #follow(start: number, states: StateSet, where: Where): boolean {
    const waiting = [start];
    for (let place = waiting.pop(); place !== undefined; place = waiting.pop()) {
      if (!states.add(place)) continue;
      const state = item(this.#program, place);
      if (state.is === 'match') return true;
      if (state.is === 'either') waiting.push(state.next, state.other);
      else if (state.is !== 'char' && holds(state.is, where)) waiting.push(state.next);
    }
    return false;
  }
}

interface Where {
  readonly chars: readonly string[];
  readonly at: number;
}

function holds(assertion: 'start' | 'end' | 'edge' | 'no-edge', { chars, at }: Where): boolean {
  if (assertion === 'start') return at === 0;
  if (assertion === 'end') return at === chars.length;
  const edge = WORD.test(chars[at - 1] ?? '') !== WORD.test(chars[at] ?? '');
  return edge === (assertion === 'edge');
}

const WORD = /^\w$/;

class StateSet {
  readonly places: number[] = [];
  readonly #has: Uint8Array;

  constructor(size: number) {
    this.#has = new Uint8Array(size);
  }

  add(place: number): boolean {
    if (this.#has[place] === 1) return false;
    this.#has[place] = 1;
    this.places.push(place);
    return true;
  }
}

/** Builds from the end to the beginning: each part knows what comes behind it. */
class ProgramBuilder {
  readonly states: State[] = [];

  get isTooBig(): boolean {
    return this.states.length >= STATES_MAX;
  }

  add(state: State): number {
    return this.isTooBig ? 0 : this.states.push(state) - 1;
  }

  build(node: PatternNode, next: number): number {
    switch (node.is) {
      case 'char':
        return this.add({ is: 'char', test: node.test, next });
      case 'group':
        return this.build(node.part, next);
      case 'assertion':
        return this.add({ is: node.kind, next });
      case 'sequence':
        return node.parts.reduceRight((behind, part) => this.build(part, behind), next);
      case 'choice':
        return node.parts.map((part) => this.build(part, next)).reduce((other, first) => this.#either(first, other));
      case 'repeat':
        break;
    }
    return this.#repeat(node, next);
  }

  #repeat({ part, least, most }: Extract<PatternNode, { readonly is: 'repeat' }>, next: number): number {
    let behind = next;
    if (most === undefined) {
      const loop = this.add({ is: 'match' });
      const body = this.build(part, loop);
      if (!this.isTooBig) this.states[loop] = { is: 'either', next: body, other: next };
      behind = loop;
    }
    for (let extra = (most ?? least) - least; extra > 0 && !this.isTooBig; extra--) {
      behind = this.#either(this.build(part, behind), next);
    }
    for (let times = 0; times < least && !this.isTooBig; times++) behind = this.build(part, behind);
    return behind;
  }

  #either(next: number, other: number): number {
    return this.add({ is: 'either', next, other });
  }
}
