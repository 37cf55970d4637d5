import { CUT, HIDDEN, UNREAD, applyEdits, type Edit } from './edits.ts';
import type { Place } from './name-paths.ts';
import type { Redactor } from './redactor.ts';

const NAME = /[^\s<>/=!?"'&]+/y;
const ATTRIBUTE = /\s*([^\s<>/=!?"'&]+)\s*=\s*("[^<"]*"|'[^<']*')/y;
const TAG_END = /\s*(\/?)>/y;
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

interface Open {
  readonly name: string;
  readonly place: Place | undefined;
}

/**
 * Of XML, which may be cut off anywhere: elements and attributes are hidden by their names, without prefixes. Declarations
 * of a document type may say anything about what follows, so nothing behind one is shown.
 */
export function xmlEdits(text: string, goesOn: boolean, redactor: Redactor): readonly Edit[] {
  return new XmlWalk(text, goesOn, redactor).walk();
}

class XmlWalk {
  readonly #text: string;
  readonly #goesOn: boolean;
  readonly #redactor: Redactor;
  readonly #edits: Edit[] = [];
  readonly #open: Open[] = [];
  #at = 0;
  #hiddenFrom = -1;

  constructor(text: string, goesOn: boolean, redactor: Redactor) {
    this.#text = text;
    this.#goesOn = goesOn;
    this.#redactor = redactor;
  }

  walk(): readonly Edit[] {
    while (this.#at < this.#text.length) {
      const next = this.#text.indexOf('<', this.#at);
      const stop = next < 0 ? this.#text.length : next;
      this.#words(stop, next < 0 && this.#goesOn);
      this.#at = stop;
      if (next >= 0 && !this.#markup()) break;
    }
    if (this.#hiddenFrom >= 0) this.#edits.push({ start: this.#hiddenFrom, end: this.#text.length, put: HIDDEN });
    return this.#edits;
  }

  get #place(): Place | undefined {
    const last = this.#open.at(-1);
    return last === undefined ? this.#redactor.paths.root : last.place;
  }

  #words(end: number, goesOn: boolean): void {
    const place = this.#place;
    if (place === undefined || this.#at === end) return;
    const said = unescaped(this.#text.slice(this.#at, end));
    const edits = this.#redactor.editsOf(said, goesOn, place);
    if (edits.length > 0) this.#edits.push({ start: this.#at, end, put: escaped(applyEdits(said, edits)) });
  }

  /** False: nothing more is to be read. */
  #markup(): boolean {
    if (this.#text.startsWith('<!--', this.#at)) return this.#skipTo('-->', '<!---->');
    if (this.#text.startsWith('<![CDATA[', this.#at)) return this.#data();
    if (this.#text.startsWith('<?', this.#at)) return this.#skipTo('?>', undefined);
    if (this.#text.startsWith('</', this.#at)) return this.#close();
    return this.#begin();
  }

  /** `put`: what stands in its place. */
  #skipTo(ending: string, put: string | undefined): boolean {
    const start = this.#at;
    const found = this.#text.indexOf(ending, start);
    if (found < 0) return this.#stop();
    this.#at = found + ending.length;
    if (put !== undefined) this.#edits.push({ start, end: this.#at, put });
    return true;
  }

  #data(): boolean {
    const place = this.#place;
    const start = this.#at + '<![CDATA['.length;
    const found = this.#text.indexOf(']]>', start);
    if (found < 0) return this.#stop();
    this.#at = found + 3;
    const said = this.#text.slice(start, found);
    const edits = place === undefined ? [] : this.#redactor.editsOf(said, false, place);
    if (edits.length > 0) this.#edits.push({ start, end: found, put: applyEdits(said, edits) });
    return true;
  }

  #close(): boolean {
    const name = this.#match(NAME, this.#at + 2)?.[0];
    const end = name === undefined ? undefined : this.#match(TAG_END, this.#at + 2 + name.length);
    if (end === undefined || this.#open.at(-1)?.name !== name) return this.#stop();
    const start = this.#at;
    this.#at = TAG_END.lastIndex;
    const closed = this.#open.pop();
    if (closed?.place === undefined && this.#place !== undefined) {
      this.#edits.push({ start: this.#hiddenFrom, end: start, put: HIDDEN });
      this.#hiddenFrom = -1;
    }
    return true;
  }

  #begin(): boolean {
    const name = this.#match(NAME, this.#at + 1)?.[0];
    if (name === undefined) return this.#stop();
    const around = this.#place;
    const place = around && this.#redactor.paths.under(around, local(name));
    let at = this.#at + 1 + name.length;
    const edits: Edit[] = [];
    for (let found = this.#match(ATTRIBUTE, at); found !== undefined; found = this.#match(ATTRIBUTE, at)) {
      at = ATTRIBUTE.lastIndex;
      const [, attribute = '', quoted = ''] = found;
      this.#attribute(quoted, { end: at, place: place && this.#redactor.paths.under(place, local(attribute)) }, edits);
    }
    const end = this.#match(TAG_END, at);
    if (end === undefined) return this.#stop();
    this.#at = TAG_END.lastIndex;
    if (around !== undefined) this.#edits.push(...edits);
    if (end[1] === '/') return true;
    if (place === undefined && around !== undefined) this.#hiddenFrom = this.#at;
    this.#open.push({ name, place });
    return true;
  }

  #attribute(
    quoted: string,
    { end, place }: { readonly end: number; readonly place: Place | undefined },
    edits: Edit[],
  ): void {
    const inside = { start: end - quoted.length + 1, end: end - 1 };
    if (place === undefined) {
      edits.push({ ...inside, put: HIDDEN });
      return;
    }
    const said = unescaped(quoted.slice(1, -1));
    const found = this.#redactor.editsOf(said, false, place);
    if (found.length > 0) edits.push({ ...inside, put: escaped(applyEdits(said, found)) });
  }

  #match(pattern: RegExp, at: number): RegExpExecArray | undefined {
    pattern.lastIndex = at;
    return pattern.exec(this.#text) ?? undefined;
  }

  #stop(): false {
    this.#edits.push({ start: this.#at, end: this.#text.length, put: this.#goesOn ? CUT : UNREAD });
    return false;
  }
}

function local(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

function unescaped(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(
    /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,4}));/g,
    (all, ten?: string, sixteen?: string, name?: string) => {
      if (name !== undefined) return ENTITIES[name] ?? all;
      const code = ten === undefined ? Number.parseInt(sixteen ?? '', 16) : Number(ten);
      return code <= 0x10_ffff ? String.fromCodePoint(code) : all;
    },
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
