/** A strict reader of OpenMetrics 1.0, written from the specification and not from what writes it. */

export interface ParsedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
  readonly exemplar?: Readonly<Record<string, string>>;
}

export interface ParsedFamily {
  readonly kind: string;
  readonly unit: string | undefined;
  readonly help: string | undefined;
  readonly samples: readonly ParsedSample[];
}

interface OpenFamily {
  readonly name: string;
  kind: string;
  unit: string | undefined;
  help: string | undefined;
  samples: ParsedSample[];
}

const ENDINGS: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  gauge: [''],
  histogram: ['_bucket', '_count', '_sum', '_created'],
  info: ['_info'],
  unknown: [''],
};

/** Family → what was said of it. Throws at the first thing that is against the specification. */
export function parseOpenMetrics(text: string): ReadonlyMap<string, ParsedFamily> {
  const lines = text.split('\n');
  if (lines.at(-1) !== '' || lines.at(-2) !== '# EOF') throw new Error('it does not end with # EOF and a line feed');
  const families = new Map<string, OpenFamily>();
  const taken = new Set<string>();
  let open: OpenFamily | undefined;
  for (const line of lines.slice(0, -2)) {
    const comment = /^# (TYPE|UNIT|HELP) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.*)$/s.exec(line);
    if (comment === null) {
      if (open === undefined) throw new Error(`a sample before any family: ${line}`);
      open.samples.push(sampleOf(line, open));
      continue;
    }
    const [, word = '', name = '', rest = ''] = comment;
    if (open?.name !== name) open = begun(name, families);
    describe(open, { word, rest });
  }
  for (const family of families.values()) checkFamily(family, taken);
  return families;
}

function begun(name: string, families: Map<string, OpenFamily>): OpenFamily {
  if (families.has(name)) throw new Error(`the family ${name} comes twice`);
  const family = { name, kind: 'unknown', unit: undefined, help: undefined, samples: [] };
  families.set(name, family);
  return family;
}

function describe(family: OpenFamily, { word, rest }: { word: string; rest: string }): void {
  const { name, samples } = family;
  if (samples.length > 0) throw new Error(`${word} of ${name} behind its samples`);
  if (word === 'TYPE') {
    if (ENDINGS[rest] === undefined) throw new Error(`${name} is of no kind: ${rest}`);
    family.kind = rest;
  } else if (word === 'UNIT') {
    if (!name.endsWith(`_${rest}`)) throw new Error(`${name} does not end in its unit ${rest}`);
    family.unit = rest;
  } else family.help = unescaped(rest);
}

function sampleOf(line: string, { name: family, kind }: OpenFamily): ParsedSample {
  const reader = new LineReader(line);
  const name = reader.take(/^[a-zA-Z_:][a-zA-Z0-9_:]*/, 'a name');
  const ending = ENDINGS[kind]?.find((each) => family + each === name);
  if (ending === undefined) throw new Error(`${name} is no sample of the ${kind} ${family}`);
  const labels = reader.at('{') ? reader.labels() : {};
  reader.take(/^ /, 'a space');
  const value = reader.number();
  if (reader.at(' ') && !reader.at(' # ')) {
    reader.take(/^ /, 'a space');
    reader.number();
  }
  if (reader.isAtEnd) return { name, labels, value };
  if (ending !== '_bucket' && ending !== '_total') throw new Error(`${name} may have no exemplar`);
  return { name, labels, value, exemplar: exemplarOf(reader) };
}

function exemplarOf(reader: LineReader): Readonly<Record<string, string>> {
  reader.take(/^ # /, 'an exemplar');
  const labels = reader.labels();
  const chars = Object.entries(labels).reduce((sum, [name, value]) => sum + name.length + Array.from(value).length, 0);
  if (chars > 128) throw new Error('an exemplar of more than 128 characters');
  reader.take(/^ /, 'a space');
  reader.number();
  if (!reader.isAtEnd) {
    reader.take(/^ /, 'a space');
    reader.number();
  }
  if (!reader.isAtEnd) throw new Error('something behind an exemplar');
  return labels;
}

class LineReader {
  #rest: string;
  readonly #line: string;

  constructor(line: string) {
    this.#line = line;
    this.#rest = line;
  }

  get isAtEnd(): boolean {
    return this.#rest === '';
  }

  at(text: string): boolean {
    return this.#rest.startsWith(text);
  }

  take(pattern: RegExp, what: string): string {
    const found = pattern.exec(this.#rest)?.[0];
    if (found === undefined) throw new Error(`${what} is missing before ${this.#rest} in ${this.#line}`);
    this.#rest = this.#rest.slice(found.length);
    return found;
  }

  number(): number {
    const text = this.take(/^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]?Inf|NaN)(?= |$)/i, 'a number');
    return /inf/i.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : Number(text);
  }

  labels(): Readonly<Record<string, string>> {
    this.take(/^\{/, 'an opening brace');
    const labels: Record<string, string> = {};
    while (!this.at('}')) {
      const name = this.take(/^[a-zA-Z_][a-zA-Z0-9_]*(?==)/, 'the name of a label');
      if (Object.hasOwn(labels, name)) throw new Error(`the label ${name} comes twice in ${this.#line}`);
      labels[name] = unescaped(this.take(/^="(?:[^"\\\n]|\\["\\n])*"/, 'the value of a label').slice(2, -1));
      if (!this.at('}')) this.take(/^,(?!\})/, 'a comma');
    }
    this.take(/^\}/, 'a closing brace');
    return labels;
  }
}

const unescaped = (text: string): string => text.replace(/\\(.)/gs, (_, char: string) => (char === 'n' ? '\n' : char));

function checkFamily(family: OpenFamily, taken: Set<string>): void {
  const { name, kind, samples } = family;
  const own = new Set<string>();
  for (const { name: of, labels, value } of samples) {
    const key = JSON.stringify([of, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
    if (own.has(key)) throw new Error(`twice: ${key}`);
    own.add(key);
    if (kind === 'counter' && !(value >= 0 && value < Infinity)) throw new Error(`a counter that is ${value}: ${key}`);
    if (kind === 'info' && value !== 1) throw new Error(`an info that is ${value}: ${key}`);
  }
  for (const ending of ENDINGS[kind] ?? []) {
    if (taken.has(name + ending)) throw new Error(`two families have samples called ${name + ending}`);
    taken.add(name + ending);
  }
  if (kind === 'histogram') checkHistogram(family);
}

function checkHistogram({ name, samples }: OpenFamily): void {
  const series = Map.groupBy(samples, ({ labels }) => JSON.stringify({ ...labels, le: undefined }));
  for (const [key, lines] of series) {
    const buckets = lines.filter((line) => line.name === `${name}_bucket`);
    const bounds = buckets.map(({ labels }) => (labels['le'] === '+Inf' ? Infinity : Number(labels['le'])));
    const isRising = (values: readonly number[], least: number): boolean =>
      values.every((value, index) => index === 0 || value - (values[index - 1] ?? 0) >= least);
    if (bounds.at(-1) !== Infinity || new Set(bounds).size < bounds.length || !isRising(bounds, 0))
      throw new Error(`the bounds of ${name}${key} do not rise to +Inf`);
    if (
      !isRising(
        buckets.map(({ value }) => value),
        0,
      )
    )
      throw new Error(`the buckets of ${name}${key} fall`);
    const count = lines.find((line) => line.name === `${name}_count`)?.value;
    if (count !== buckets.at(-1)?.value) throw new Error(`${name}${key} counts ${count} in all`);
    if (!lines.some((line) => line.name === `${name}_sum`)) throw new Error(`${name}${key} has no sum`);
  }
}
