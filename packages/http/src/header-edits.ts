import { GatehouseError } from '@gatehouse/kernel';

const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
/** RFC 9110 §5.5 without obs-text: what we write ourselves is visible ASCII, space and tab. */
const VALUE = /^[\t\x20-\x7e]*$/;

/**
 * Changes to a head that is about to be written: names to leave out and lines to add.
 * Names are lower case. Values are checked, so that nothing computed can split a head (RFC 9110 §5.5).
 */
export class HeaderEdits {
  readonly removed: string[] = [];
  /** Finished lines, each `name: value\r\n`. */
  lines = '';

  get empty(): boolean {
    return this.lines === '' && this.removed.length === 0;
  }

  remove(name: string): void {
    this.removed.push(name);
    if (this.lines !== '')
      this.lines = this.lines
        .split(/(?<=\r\n)/)
        .filter((line) => !line.startsWith(`${name}:`))
        .join('');
  }

  /** What of other finished lines goes on: a field that is taken out does not come in behind the body. */
  kept(lines: string): string {
    const kept = lines
      .split(/(?<=\r\n)/)
      .filter((line) => !this.removed.includes(line.slice(0, line.indexOf(':')).trim().toLowerCase()));
    return kept.join('');
  }

  /** Takes an added field back out and returns its value. */
  take(name: string): string | undefined {
    const line = this.lines.split('\r\n').find((each) => each.startsWith(`${name}:`));
    if (line === undefined) return undefined;
    this.lines = this.lines.replace(`${line}\r\n`, '');
    return line.slice(name.length + 1).trim();
  }

  set(name: string, value: string): void {
    this.remove(name);
    this.add(name, value);
  }

  add(name: string, value: string): void {
    this.lines += headerLine(name, value);
  }
}

/** One checked line, `name: value\r\n`; throws on what could not stand in a head. */
export function headerLine(name: string, value: string): string {
  if (!NAME.test(name)) throw new GatehouseError('gateway.internal', `"${name}" is no field name`);
  if (!VALUE.test(value))
    throw new GatehouseError('gateway.internal', `value of ${name} holds a control or non-ASCII character`);
  return `${name}: ${value}\r\n`;
}
