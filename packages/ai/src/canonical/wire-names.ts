import { createHash } from 'node:crypto';

/** What a dialect takes as a name or an id. */
export interface NameRule {
  /** Characters that are allowed, as the inside of a regular expression's class, such as `A-Za-z0-9_-`. */
  readonly allowed: string;
  readonly charsMax: number;
  /** Exactly so long, as Mistral's ids are. */
  readonly exact?: boolean;
  /** What the first character must be, when it is stricter. */
  readonly first?: string;
}

/**
 * Maps names that the target would refuse to ones that it takes, and back. Names that fit stay as they are; others get
 * a form made of the name itself, so that the same name always maps alike, never colliding with another of the set.
 */
export interface WireNames {
  toWire(name: string): string;
  /** A name that was never mapped stands for itself. */
  fromWire(wire: string): string;
}

export function wireNames(names: Iterable<string>, rule: NameRule): WireNames {
  const all = new Names(rule);
  const misfits: string[] = [];
  for (const name of names) {
    if (all.fits(name)) all.toWire(name);
    else misfits.push(name);
  }
  // Behind all that fit, and in an order of their own: who gets which form depends on the set alone.
  for (const name of misfits.toSorted()) all.toWire(name);
  return all;
}

class Names implements WireNames {
  readonly #rule: NameRule;
  readonly #fits: RegExp;
  readonly #refused: RegExp;
  readonly #spelling: Spelling;
  readonly #wires = new Map<string, string>();
  readonly #names = new Map<string, string>();

  constructor(rule: NameRule) {
    const { allowed, first = allowed, charsMax, exact } = rule;
    const rest = exact === true ? `{${charsMax - 1}}` : `{0,${charsMax - 1}}`;
    this.#rule = rule;
    this.#fits = new RegExp(`^(?=[${first}])[${allowed}][${allowed}]${rest}$`);
    this.#refused = new RegExp(`[^${allowed}]`, 'g');
    this.#spelling = spellingOf(allowed, first);
  }

  fits(name: string): boolean {
    return this.#fits.test(name);
  }

  toWire(name: string): string {
    const known = this.#wires.get(name);
    if (known !== undefined) return known;
    let wire = name;
    for (let attempt = 0; !this.fits(wire) || this.#names.has(wire); attempt++) {
      if (attempt > ATTEMPTS_MAX) throw new Error(`no name is left that ${JSON.stringify(this.#rule)} allows`);
      wire = this.#form(attempt === 0 ? name : `${attempt} ${name}`, name);
    }
    this.#wires.set(name, wire);
    this.#names.set(wire, name);
    return wire;
  }

  fromWire(wire: string): string {
    return this.#names.get(wire) ?? wire;
  }

  /** What is readable of the name, then a hash that tells it from its like; all hash where the length is given. */
  #form(hashed: string, name: string): string {
    const { charsMax, exact } = this.#rule;
    const { letters, filler, lead } = this.#spelling;
    const hash = hashOf(hashed, { letters, chars: exact === true ? charsMax : Math.min(HASH_CHARS, charsMax) });
    const readableChars = charsMax - hash.length - 1;
    if (readableChars <= 0) return this.fits(hash) ? hash : lead + hash.slice(1);
    const readable = name.slice(0, charsMax).replace(this.#refused, filler);
    const led = this.fits(readable.charAt(0)) ? readable : lead + readable;
    return led.slice(0, readableChars) + filler + hash;
  }
}

/** Far above what chance needs; only a rule that contradicts itself comes there. */
const ATTEMPTS_MAX = 1000;
const HASH_CHARS = 10;
const FILLERS = '_-';
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

interface Spelling {
  readonly letters: string;
  /** Stands for what is refused. */
  readonly filler: string;
  /** May come first. */
  readonly lead: string;
}

function spellingOf(allowed: string, first: string): Spelling {
  const inside = new RegExp(`[^${allowed}]`, 'g');
  const ahead = new RegExp(`[^${first}]`, 'g');
  const letters = LETTERS.replace(inside, '');
  const characters = FILLERS.replace(inside, '') + letters;
  return { letters, filler: characters.charAt(0), lead: characters.replace(ahead, '').charAt(0) };
}

function hashOf(text: string, form: { readonly letters: string; readonly chars: number }): string {
  const { letters, chars } = form;
  const bytes = createHash('sha512').update(text).digest();
  let hash = '';
  for (let at = 0; at < chars; at++) hash += letters.charAt((bytes[at % bytes.length] ?? 0) % letters.length);
  return hash;
}
