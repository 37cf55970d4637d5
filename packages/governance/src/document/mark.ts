/** Where one value is written, and its parts. Offsets count UTF-16 units from the start of the text. */
export class Mark {
  /** Of the key that leads here; the value's own in lists and at the top. */
  readonly keyAt: number;
  at: number;
  /** Behind the last character of the value. */
  end: number;
  /** Of a map, in the order written; `parts` runs beside it. */
  names: string[] | undefined;
  parts: Mark[] | undefined;
  #index: Map<string, Mark> | undefined;

  constructor(keyAt: number, at: number) {
    this.keyAt = keyAt;
    this.at = at;
    this.end = at;
  }

  add(name: string, part: Mark): void {
    (this.names ??= []).push(name);
    (this.parts ??= []).push(part);
  }

  push(part: Mark): void {
    (this.parts ??= []).push(part);
  }

  child(step: string | number): Mark | undefined {
    const { names, parts } = this;
    if (parts === undefined) return undefined;
    if (names === undefined) return parts[Number(step)];
    this.#index ??= new Map(names.map((name, i): [string, Mark | undefined] => [name, parts[i]]).filter(isWhole));
    return this.#index.get(String(step));
  }
}

function isWhole(entry: [string, Mark | undefined]): entry is [string, Mark] {
  return entry[1] !== undefined;
}
