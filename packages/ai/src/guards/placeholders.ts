import { MORE, NONE, type Found, type Reading } from './entities/entity.ts';

/**
 * What stands in the place of masked text, such as `[EMAIL_1]`, and what it stands for. Numbers count up in the order of
 * a conversation, so that the same conversation gets the same ones when it goes on: prompts stay cacheable, and what a
 * model has signed stays as it was.
 */
export class Placeholders {
  readonly #tokens = new Map<string, string>();
  readonly #values = new Map<string, MaskedValue>();
  readonly #counts = new Map<string, number>();
  /** What callers wrote themselves that looks like one. */
  readonly #taken = new Set<string>();
  /** Numbers begin behind this one. */
  readonly #base: number;
  #literals = false;

  constructor(base = 0) {
    this.#base = base;
  }

  /** None of those that a text holds already will be given out. */
  reserve(text: string): void {
    for (let at = text.indexOf('['); at >= 0; at = text.indexOf('[', at + 1)) {
      const found = TOKEN.exec(text.slice(at, at + TOKEN_CHARS_MAX));
      if (found !== null) this.#taken.add(canonical(found[0]));
    }
  }

  /** `literal`: the text is a number of JSON, and what takes its place has quotes around it. */
  tokenFor(label: string, text: string, literal: boolean): string {
    const key = `${label} ${literal ? 'literal' : 'text'} ${text}`;
    const token = this.#tokens.get(key) ?? this.#next(label);
    this.#tokens.set(key, token);
    this.#values.set(token, { text, literal });
    this.#literals ||= literal;
    return literal ? `"${token}"` : token;
  }

  /** A token that stands for nothing that could be had back. */
  markFor(label: string, text: string, literal: boolean): string {
    const key = `${label} ${text}`;
    const token = this.#tokens.get(key) ?? this.#next(label);
    this.#tokens.set(key, token);
    return literal ? `"${token}"` : token;
  }

  get isEmpty(): boolean {
    return this.#values.size === 0;
  }

  /** What a token that was found stands for. */
  valueOf(token: string): string | undefined {
    return this.#values.get(canonical(token))?.text;
  }

  /**
   * Finds a token where `[` stands, or `\[`, as models escape it in Markdown. One that stands for a number of JSON has
   * quotes that go with it, and is found at the first of them.
   */
  tokenAt({ text, final }: Reading, at: number): Found {
    const quoted = text.charCodeAt(at) === QUOTE;
    if (quoted && !this.#literals) return NONE;
    const ahead = text.slice(at, at + TOKEN_CHARS_MAX + 2);
    const body = quoted ? ahead.slice(1) : ahead;
    const [token] = TOKEN.exec(body) ?? [];
    if (token === undefined) return !final && ahead.length < TOKEN_CHARS_MAX && BEGUN.test(body) ? MORE : NONE;
    const end = at + token.length + (quoted ? 2 : 0);
    const value = this.#values.get(canonical(token));
    if (value === undefined) return NONE;
    if (!quoted) return { kind: 'token', start: at, end };
    if (end > text.length && !final) return MORE;
    return value.literal && text.charCodeAt(end - 1) === QUOTE ? { kind: 'token', start: at, end } : NONE;
  }

  #next(label: string): string {
    let token: string;
    do {
      const count = (this.#counts.get(label) ?? this.#base) + 1;
      this.#counts.set(label, count);
      token = `[${label}_${count}]`;
    } while (this.#taken.has(token));
    return token;
  }
}

interface MaskedValue {
  readonly text: string;
  readonly literal: boolean;
}

const QUOTE = 0x22;
const TOKEN_CHARS_MAX = 48;
/** Models change the case, and put backslashes in front of what Markdown knows: of both brackets or none. */
const TOKEN =
  /^(?:\[[A-Za-z]{1,16}(?:\\?_[A-Za-z]{1,16}){0,3}\\?_\d{1,8}\]|\\\[[A-Za-z]{1,16}(?:\\?_[A-Za-z]{1,16}){0,3}\\?_\d{1,8}\\\])/;
const BEGUN = /^\\?(?:\[[A-Za-z_\\]*\d*\\?)?$/;

function canonical(token: string): string {
  return token.replaceAll(/["\\]/g, '').toUpperCase();
}
