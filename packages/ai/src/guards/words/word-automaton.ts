import { item } from '@gatehouse/kernel';

/** One of the words or phrases that are looked for, as `foldText` gives it. */
export interface Pattern {
  readonly text: string;
  /** Anything may follow in the same word. */
  readonly open: boolean;
  readonly owner: number;
}

interface Node {
  readonly edges: Map<number, number>;
  /** Where to go on when no edge fits. */
  fail: number;
  readonly depth: number;
  /** Patterns that end here. */
  ends: readonly number[];
}

const ROOT = 0;

/** All patterns at once, one step a character whatever their number (Aho and Corasick). */
export class WordAutomaton {
  readonly patterns: readonly Pattern[];
  readonly longest: number;
  readonly #nodes: Node[] = [{ edges: new Map(), fail: ROOT, depth: 0, ends: [] }];

  constructor(patterns: readonly Pattern[]) {
    this.patterns = patterns.filter(({ text }) => text !== '');
    this.longest = this.patterns.reduce((most, { text }) => Math.max(most, text.length), 0);
    for (const [at, pattern] of this.patterns.entries()) this.#insert(pattern.text, at);
    this.#link();
  }

  step(from: number, code: number): number {
    let at = from;
    for (;;) {
      const { edges, fail } = item(this.#nodes, at);
      const next = edges.get(code);
      if (next !== undefined) return next;
      if (at === ROOT) return ROOT;
      at = fail;
    }
  }

  /** Nothing begins with this character. */
  isIdle(at: number, code: number): boolean {
    return at === ROOT && !item(this.#nodes, ROOT).edges.has(code);
  }

  /** How many of the last characters could be the begin of a pattern. */
  depth(at: number): number {
    return item(this.#nodes, at).depth;
  }

  ends(at: number): readonly number[] {
    return item(this.#nodes, at).ends;
  }

  #insert(text: string, pattern: number): void {
    let at = ROOT;
    for (let i = 0; i < text.length; i++) {
      const { edges, depth } = item(this.#nodes, at);
      const code = text.charCodeAt(i);
      let next = edges.get(code);
      if (next === undefined) {
        next = this.#nodes.push({ edges: new Map(), fail: ROOT, depth: depth + 1, ends: [] }) - 1;
        edges.set(code, next);
      }
      at = next;
    }
    const node = item(this.#nodes, at);
    node.ends = [...node.ends, pattern];
  }

  /** Level by level, so that where a node falls back to is linked before it. */
  #link(): void {
    let level = [...item(this.#nodes, ROOT).edges.values()];
    while (level.length > 0) {
      const below: number[] = [];
      for (const at of level) {
        const node = item(this.#nodes, at);
        node.ends = [...node.ends, ...item(this.#nodes, node.fail).ends];
        for (const [code, child] of node.edges) {
          item(this.#nodes, child).fail = this.step(node.fail, code);
          below.push(child);
        }
      }
      level = below;
    }
  }
}
