import type { Redactor } from './redact/redactor.ts';

const MASKED = '[masked]';

/** The fields of a head that has passed. */
export class HeadFields {
  /** Names in small letters, in the order and with the repetitions of the wire. */
  readonly #fields: readonly (readonly [name: string, value: string])[];

  /** `lines` are finished lines; a first one without a colon in its name is passed over. */
  constructor(lines: string) {
    this.#fields = lines.split('\r\n').flatMap((line) => fieldIn(line));
  }

  /** The first; '' where there is none. */
  value(name: string): string {
    return this.#fields.find(([each]) => each === name)?.[1] ?? '';
  }

  valuesOf(names: ReadonlySet<string>): readonly string[] {
    return this.#fields.filter(([name]) => names.has(name)).map(([, value]) => value);
  }

  redacted(masked: ReadonlySet<string>, redactor: Redactor): readonly (readonly [name: string, value: string])[] {
    return this.#fields.map(([name, value]) => [
      name,
      masked.has(name) || redactor.paths.under([], name) === undefined ? MASKED : redactor.redacted(value, false),
    ]);
  }
}

/** The status line has a space before any colon. */
function fieldIn(line: string): readonly (readonly [string, string])[] {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon)).trimEnd().toLowerCase();
  return name === '' || name.includes(' ') ? [] : [[name, line.slice(colon + 1).trim()]];
}
