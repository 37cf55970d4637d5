import { item, PatternParser, type PatternNode, type PatternRepeat } from '@gatehouse/kernel';

/** Bigger ones are refused: `{1,999}` is written out. */
const STATES_MAX = 500;
const ASCII = 128;

/** One instruction; `next` and `other` are places in the program. `other` is tried when `next` has failed. */
type State =
  | { readonly is: 'char'; readonly fits: Uint8Array; readonly next: number }
  | { readonly is: 'either'; readonly next: number; readonly other: number }
  | { readonly is: 'start' | 'end' | 'edge' | 'no-edge'; readonly next: number }
  | { readonly is: 'save'; readonly slot: number; readonly next: number }
  | { readonly is: 'forget'; readonly groups: readonly number[]; readonly next: number }
  | { readonly is: 'match' };

export interface Found {
  readonly start: number;
  readonly end: number;
  /** By number; 0 is the whole. '' for one that took no part. */
  group(index: number): string;
}

/**
 * A regular expression (ECMA-262 with `u`, without look-around and back-references) over text of ASCII, which says what
 * its groups took, as `RegExp` would. What is repeated has to take something each time: about rounds of nothing, only
 * the specification agrees with itself. No state is entered twice at one place of the text, so time is text times pattern,
 * whatever the two are; `RegExp` may take exponential time.
 */
export class CapturingPattern {
  readonly groups: number;
  readonly #program: readonly State[];
  readonly #start: number;

  private constructor(program: readonly State[], start: number, groups: number) {
    this.#program = program;
    this.#start = start;
    this.groups = groups;
  }

  /** Undefined when the pattern is not understood, or too big. */
  static compile(source: string): CapturingPattern | undefined {
    const tree = new PatternParser(source).parse();
    if (tree === undefined || repeatsNothing(tree)) return undefined;
    const builder = new ProgramBuilder();
    const start = builder.build(tree, builder.add({ is: 'match' }));
    return builder.isTooBig ? undefined : new CapturingPattern(builder.states, start, groupsIn(tree).length);
  }

  /** The first that is found. */
  exec(text: string): Found | undefined {
    const visited = new Uint8Array(this.#program.length * (text.length + 1));
    for (let from = 0; from <= text.length; from++) {
      const slots = this.#from(text, from, visited);
      if (slots === undefined) continue;
      const piece = (index: number): string => text.slice(slots[index * 2] ?? 0, slots[index * 2 + 1] ?? 0);
      return { start: from, end: slots[1] ?? from, group: piece };
    }
    return undefined;
  }

  #from(text: string, from: number, visited: Uint8Array): readonly number[] | undefined {
    const slots = Array.from({ length: (this.groups + 1) * 2 }, () => 0);
    slots[0] = from;
    const waiting: Waiting[] = [{ place: this.#start, at: from, slots: undefined }];
    for (let branch = waiting.pop(); branch !== undefined; branch = waiting.pop()) {
      let { place, at } = branch;
      if (branch.slots !== undefined) for (const [index, slot] of branch.slots.entries()) slots[index] = slot;
      for (;;) {
        const key = place * (text.length + 1) + at;
        if (visited[key] === 1) break;
        visited[key] = 1;
        const state = item(this.#program, place);
        if (state.is === 'match') {
          slots[1] = at;
          return slots;
        }
        if (state.is === 'char') {
          if (state.fits[text.charCodeAt(at)] !== 1) break;
          at++;
        } else if (state.is === 'either') waiting.push({ place: state.other, at, slots: [...slots] });
        else if (state.is === 'save') slots[state.slot] = at;
        else if (state.is === 'forget') for (const group of state.groups) slots.fill(0, group * 2, group * 2 + 2);
        else if (!holds(state.is, text, at)) break;
        place = state.next;
      }
    }
    return undefined;
  }
}

/** Another way to go on, with what the groups had taken there. */
interface Waiting {
  readonly place: number;
  readonly at: number;
  readonly slots: readonly number[] | undefined;
}

function holds(assertion: 'start' | 'end' | 'edge' | 'no-edge', text: string, at: number): boolean {
  if (assertion === 'start') return at === 0;
  if (assertion === 'end') return at === text.length;
  const edge = WORD.test(text.charAt(at - 1)) !== WORD.test(text.charAt(at));
  return edge === (assertion === 'edge');
}

const WORD = /^\w$/;

function groupsIn(node: PatternNode): readonly number[] {
  switch (node.is) {
    case 'char':
    case 'assertion':
      return [];
    case 'group':
      return [node.index, ...groupsIn(node.part)];
    case 'repeat':
      return groupsIn(node.part);
    case 'sequence':
    case 'choice':
    default:
      return node.parts.flatMap(groupsIn);
  }
}

/** May it match without taking a character? */
function mayBeEmpty(node: PatternNode): boolean {
  switch (node.is) {
    case 'char':
      return false;
    case 'assertion':
      return true;
    case 'group':
      return mayBeEmpty(node.part);
    case 'repeat':
      return node.least === 0 || mayBeEmpty(node.part);
    case 'sequence':
      return node.parts.every(mayBeEmpty);
    case 'choice':
    default:
      return node.parts.some(mayBeEmpty);
  }
}

function repeatsNothing(node: PatternNode): boolean {
  switch (node.is) {
    case 'char':
    case 'assertion':
      return false;
    case 'group':
      return repeatsNothing(node.part);
    case 'repeat':
      return (node.least !== node.most && mayBeEmpty(node.part)) || repeatsNothing(node.part);
    case 'sequence':
    case 'choice':
    default:
      return node.parts.some(repeatsNothing);
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
        return this.add({ is: 'char', fits: asciiOf(node.test), next });
      case 'assertion':
        return this.add({ is: node.kind, next });
      case 'group': {
        const end = this.add({ is: 'save', slot: node.index * 2 + 1, next });
        return this.add({ is: 'save', slot: node.index * 2, next: this.build(node.part, end) });
      }
      case 'sequence':
        return node.parts.reduceRight((behind, part) => this.build(part, behind), next);
      case 'choice':
        return node.parts
          .map((part) => this.build(part, next))
          .reduceRight((other, first) => this.add({ is: 'either', next: first, other }));
      case 'repeat':
      default:
        return this.#repeat(node, next);
    }
  }

  #repeat(node: PatternRepeat, next: number): number {
    const { least, most } = node;
    let behind = next;
    if (most === undefined) {
      const loop = this.add({ is: 'match' });
      const round = this.#round(node, loop);
      if (!this.isTooBig) this.states[loop] = this.#either(node, round, next);
      behind = loop;
    }
    for (let extra = (most ?? least) - least; extra > 0 && !this.isTooBig; extra--) {
      behind = this.add(this.#either(node, this.#round(node, behind), next));
    }
    for (let times = 0; times < least && !this.isTooBig; times++) behind = this.#round(node, behind);
    return behind;
  }

  /** Each round forgets what its groups took in the last (ECMA-262 §22.2.2.3.1). */
  #round({ part }: PatternRepeat, next: number): number {
    const groups = groupsIn(part);
    const inner = this.build(part, next);
    return groups.length === 0 ? inner : this.add({ is: 'forget', groups, next: inner });
  }

  #either({ lazy }: PatternRepeat, more: number, enough: number): State {
    return lazy ? { is: 'either', next: enough, other: more } : { is: 'either', next: more, other: enough };
  }
}

function asciiOf(test: RegExp): Uint8Array {
  return Uint8Array.from({ length: ASCII }, (_, code) => (test.test(String.fromCharCode(code)) ? 1 : 0));
}
