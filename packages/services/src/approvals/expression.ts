type Value = string | number | boolean | null | readonly Value[];

/** What a rule is held against: plain data. */
export type Facts = Readonly<Record<string, unknown>>;

/** Says whether it holds. What is not there is null, and null is neither less nor more than anything. */
export type Expression = (facts: Facts) => boolean;

export class ExpressionProblem extends Error {}

const TEXT_MAX = 2000;
const DEPTH_MAX = 50;
const TOKEN =
  /\s*(?:(\d+(?:\.\d+)?)|"([^"\\]*)"|([A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)*)|(&&|\|\||[=!<>]=|[<>!()[\],]))/y;

type Token =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'name'; readonly value: string }
  | { readonly kind: 'sign'; readonly value: string };
type Node = (facts: Facts) => Value;

const WORDS: ReadonlyMap<string, Value> = new Map([
  ['true', true],
  ['false', false],
  ['null', null],
]);

const COMPARISONS: Readonly<Record<string, (left: Value, right: Value) => boolean>> = {
  '==': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '<': (left, right) => typeof left === 'number' && typeof right === 'number' && left < right,
  '<=': (left, right) => typeof left === 'number' && typeof right === 'number' && left <= right,
  '>': (left, right) => typeof left === 'number' && typeof right === 'number' && left > right,
  '>=': (left, right) => typeof left === 'number' && typeof right === 'number' && left >= right,
  in: (left, right) => Array.isArray(right) && right.includes(left),
};

/**
 * Of a rule: `plan == "gold" && (answers.calls < 1000 || application.team in ["apps", "web"])`. There are no calls, no
 * loops and no patterns, so that it ends in the time that reading it takes. Throws ExpressionProblem.
 */
export function parseExpression(text: string): Expression {
  if (text.length > TEXT_MAX) throw new ExpressionProblem(`a rule has at most ${TEXT_MAX} characters`);
  const parser = new Parser(tokensOf(text));
  const node = parser.whole();
  return (facts) => node(facts) === true;
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  TOKEN.lastIndex = 0;
  let at = 0;
  const end = text.trimEnd().length;
  while (at < end) {
    const match = TOKEN.exec(text);
    if (match === null)
      throw new ExpressionProblem(`${JSON.stringify(text.slice(at).trimStart().slice(0, 10))} is not understood`);
    at = TOKEN.lastIndex;
    const [, digits, quoted, name, sign = ''] = match;
    if (digits !== undefined) tokens.push({ kind: 'number', value: Number(digits) });
    else if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted });
    else if (name !== undefined) tokens.push({ kind: 'name', value: name });
    else tokens.push({ kind: 'sign', value: sign });
  }
  return tokens;
}

class Parser {
  readonly #tokens: readonly Token[];
  #at = 0;
  #depth = 0;

  constructor(tokens: readonly Token[]) {
    this.#tokens = tokens;
  }

  whole(): Node {
    const node = this.#either();
    const rest = this.#tokens[this.#at];
    if (rest !== undefined) throw new ExpressionProblem(`${String(rest.value)} stands where the rule should end`);
    return node;
  }

  #takes(value: string): boolean {
    const token = this.#tokens[this.#at];
    const is = token !== undefined && (token.kind === 'sign' || token.kind === 'name') && token.value === value;
    if (is) this.#at += 1;
    return is;
  }

  #needs(value: string): void {
    if (!this.#takes(value)) throw new ExpressionProblem(`there is no ${value} where one is needed`);
  }

  #either(): Node {
    const nodes = [this.#both()];
    while (this.#takes('||')) nodes.push(this.#both());
    const [only] = nodes;
    return nodes.length === 1 && only !== undefined ? only : (facts) => nodes.some((node) => node(facts) === true);
  }

  #both(): Node {
    const nodes = [this.#not()];
    while (this.#takes('&&')) nodes.push(this.#not());
    const [only] = nodes;
    return nodes.length === 1 && only !== undefined ? only : (facts) => nodes.every((node) => node(facts) === true);
  }

  #not(): Node {
    if (!this.#takes('!')) return this.#compared();
    const node = this.#deeper(() => this.#not());
    return (facts) => node(facts) !== true;
  }

  #compared(): Node {
    const left = this.#operand();
    for (const [sign, holds] of Object.entries(COMPARISONS)) {
      if (!this.#takes(sign)) continue;
      const right = this.#operand();
      return (facts) => holds(left(facts), right(facts));
    }
    return left;
  }

  #operand(): Node {
    if (this.#takes('(')) {
      const node = this.#deeper(() => this.#either());
      this.#needs(')');
      return node;
    }
    if (this.#takes('[')) return this.#deeper(() => this.#list());
    const token = this.#tokens[this.#at];
    this.#at += 1;
    if (token === undefined) throw new ExpressionProblem('the rule ends too soon');
    if (token.kind === 'sign') throw new ExpressionProblem(`${token.value} stands where a value should`);
    if (token.kind !== 'name') return () => token.value;
    const word = WORDS.get(token.value);
    if (word !== undefined) return () => word;
    const path = token.value.split('.');
    return (facts) => valueAt(facts, path);
  }

  #list(): Node {
    const nodes: Node[] = [];
    if (this.#takes(']')) return () => [];
    do nodes.push(this.#operand());
    while (this.#takes(','));
    this.#needs(']');
    return (facts) => nodes.map((node) => node(facts));
  }

  #deeper(read: () => Node): Node {
    this.#depth += 1;
    if (this.#depth > DEPTH_MAX) throw new ExpressionProblem('the rule is nested too deeply');
    const node = read();
    this.#depth -= 1;
    return node;
  }
}

/** Own members only: `constructor` is no fact. */
function valueAt(facts: Facts, path: readonly string[]): Value {
  let value: unknown = facts;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return null;
    value = Reflect.get(value, name);
  }
  return plain(value);
}

function plain(value: unknown): Value {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.map(plain) : null;
}
