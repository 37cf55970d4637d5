import { slot } from '@gatehouse/kernel';

/**
 * Where the segments of one path start, found in one pass.
 * It is scratch space that one router uses again and again: the path is not split, and nothing is allocated.
 */
export class PathScan {
  path = '';
  /** Segments in the path, counted no further than one past the deepest pattern. */
  count = 0;
  readonly #starts: Int32Array;
  readonly #segmentsMax: number;

  constructor(segmentsMax: number) {
    this.#segmentsMax = Math.max(1, segmentsMax);
    this.#starts = new Int32Array(this.#segmentsMax + 1);
  }

  /** `path` starts with a slash. */
  read(path: string): void {
    const starts = this.#starts;
    let count = 0;
    this.path = path;
    starts[0] = 1;
    for (let slash = path.indexOf('/', 1); slash > 0; slash = path.indexOf('/', slash + 1)) {
      starts[++count] = slash + 1;
      if (count < this.#segmentsMax) continue;
      this.count = count + 1;
      return;
    }
    starts[++count] = path.length + 1;
    this.count = count;
  }

  /** Of a segment before the deepest pattern's end. */
  length(index: number): number {
    return slot(this.#starts, index + 1) - slot(this.#starts, index) - 1;
  }

  /** Whether segment `index` is `text`, without cutting it out. */
  equals(index: number, text: string): boolean {
    return this.length(index) === text.length && this.path.startsWith(text, slot(this.#starts, index));
  }

  segment(index: number): string {
    return this.path.slice(slot(this.#starts, index), slot(this.#starts, index + 1) - 1);
  }

  /** Everything from segment `index` on; '' at the end of the path. */
  rest(index: number): string {
    return this.path.slice(slot(this.#starts, index));
  }
}
