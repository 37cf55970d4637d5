import type { LineIndex } from './line-index.ts';
import { byPosition, type ConfigProblem } from './problem.ts';

/** Where something stands: the offset that a problem points at, and the way there through the tree. */
export interface Place {
  readonly offset: number;
  readonly path: string;
}

/** Enough to mend a file by; a file of another kind would fill the screen and the memory. */
const PROBLEMS_MAX = 1000;

/** Collects what is wrong in one file. */
export class Report {
  readonly #file: string;
  readonly #lines: LineIndex;
  #problems: ConfigProblem[] = [];
  readonly #warnings: ConfigProblem[] = [];

  constructor(file: string, lines: LineIndex) {
    this.#file = file;
    this.#lines = lines;
  }

  /** `message` may be a function where finding the words takes time. */
  problem(place: Place, message: string | (() => string)): void {
    if (this.#problems.length >= PROBLEMS_MAX) return;
    this.#problems.push(this.#at(place, typeof message === 'string' ? message : message()));
  }

  warning(place: Place, message: string): void {
    if (this.#warnings.length < PROBLEMS_MAX) this.#warnings.push(this.#at(place, message));
  }

  line(place: Place): number {
    return this.#lines.position(place.offset).line;
  }

  get count(): number {
    return this.#problems.length;
  }

  /** Forgets what was found after there were `count` problems: an attempt failed and another is made. */
  rewind(count: number): void {
    this.#problems.length = count;
  }

  problems(): readonly ConfigProblem[] {
    return unique(this.#problems.toSorted(byPosition));
  }

  warnings(): readonly ConfigProblem[] {
    return unique(this.#warnings.toSorted(byPosition));
  }

  #at({ offset, path }: Place, message: string): ConfigProblem {
    return { file: this.#file, ...this.#lines.position(offset), message, path };
  }
}

/** An anchored value that is used twice is read twice, and is told of once. */
function unique(problems: readonly ConfigProblem[]): readonly ConfigProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ line, column, message }) => seen.size < seen.add(`${line}:${column} ${message}`).size);
}
