import { canonical } from './canonical.ts';

export interface Finding {
  /** JSON Pointer of what is wrong. */
  readonly path: string;
  /** The predicate of a sentence; holds nothing of the value. */
  readonly message: string;
  /** The word of the schema that says so, such as `required`; `false` for a schema that nothing fits. */
  readonly rule: string;
}

/** A value took more steps than any honest one: a schema of choices inside choices, and a value made for it. */
export class TooComplex extends Error {}

const STEPS_MAX = 2_000_000;
const KEY_CHARS_MAX = 100;
const CHARS_A_STEP = 16;

/** One value being looked at: where, what was found, and how much work it has been. */
export class Examination {
  readonly findings: Finding[] = [];
  /** Above 0: what is tried may fail without anybody being told. */
  quiet = 0;
  /** Members and items of the present value that a schema has looked at; only where some schema asks for it. */
  seen: Set<string | number> | undefined;
  readonly #max: number;
  readonly #path: (string | number)[] = [];
  #steps = 0;

  constructor(options: { readonly max: number; readonly tracks?: boolean }) {
    this.#max = options.max;
    if (options.tracks === true) this.seen = new Set();
  }

  step(): void {
    if (++this.#steps > STEPS_MAX) throw new TooComplex('too many steps');
  }

  /** Work of others on the same value. */
  readonly spend = (steps: number): void => {
    this.#steps += steps;
    if (this.#steps > STEPS_MAX) throw new TooComplex('too many steps');
  };

  canonical(value: unknown): string {
    const text = canonical(value);
    this.spend(1 + Math.floor(text.length / CHARS_A_STEP));
    return text;
  }

  /** Nothing more would be told: whoever looks on does it for nothing. */
  get isSettled(): boolean {
    return this.quiet > 0 || this.findings.length >= this.#max;
  }

  fail(message: string, rule: string): false {
    if (this.quiet === 0 && this.findings.length < this.#max)
      this.findings.push({ path: this.#pointer(), message, rule });
    return false;
  }

  failAt(key: string | number, { message, rule }: Pick<Finding, 'message' | 'rule'>): false {
    this.#path.push(key);
    this.fail(message, rule);
    this.#path.pop();
    return false;
  }

  /** Looks at a part. */
  at(key: string | number, check: () => boolean): boolean {
    const { seen } = this;
    this.#path.push(key);
    if (seen !== undefined) this.seen = new Set();
    const fits = check();
    this.#path.pop();
    if (seen !== undefined) {
      this.seen = seen;
      seen.add(key);
    }
    return fits;
  }

  /** Whether the value fits, and no word about it when it does not. What was looked at counts only when it does. */
  tries(check: () => boolean): boolean {
    this.step();
    const { seen } = this;
    if (seen !== undefined) this.seen = new Set();
    this.quiet++;
    const fits = check();
    this.quiet--;
    if (seen !== undefined) {
      if (fits) for (const key of this.seen ?? []) seen.add(key);
      this.seen = seen;
    }
    return fits;
  }

  #pointer(): string {
    return this.#path
      .map(
        (key) => `/${String(key).slice(0, KEY_CHARS_MAX).toWellFormed().replaceAll('~', '~0').replaceAll('/', '~1')}`,
      )
      .join('');
  }
}
