/** What a plain scalar means in the core schema of YAML 1.2 (§10.3.2). */
export function plainValue(source: string): unknown {
  const first = source.charCodeAt(0);
  // Most scalars are words: they begin with a letter that begins no number and none of the few names.
  if (first > 0x39 && first !== 0x7e && !NAME_START.test(source)) return source;
  if (NULL.test(source)) return null;
  if (BOOLEAN.test(source)) return /^t/i.test(source);
  if (!NUMBER_START.test(source)) return source;
  if (DECIMAL.test(source)) return Number(source);
  if (/^0o[0-7]+$/.test(source)) return Number.parseInt(source.slice(2), 8);
  if (/^0x[0-9a-fA-F]+$/.test(source)) return Number.parseInt(source.slice(2), 16);
  if (/^\.(?:nan|NaN|NAN)$/.test(source)) return Number.NaN;
  if (/^[-+]?\.(?:inf|Inf|INF)$/.test(source)) {
    return source.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return source;
}

const NAME_START = /^[nNtTfF]/;
const NULL = /^(?:~|[Nn]ull|NULL)?$/;
const BOOLEAN = /^(?:[Tt]rue|TRUE|[Ff]alse|FALSE)$/;
const NUMBER_START = /^[-+.0-9]/;
const DECIMAL = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

/** The lines of a plain or quoted scalar as one: a break is a blank, of several all but one stay (§6.5). */
export function foldedFlow(lines: readonly string[]): string {
  let value = '';
  let breaks = 0;
  for (const [index, line] of lines.entries()) {
    const text = index === 0 ? line : line.replace(/^[ \t]+/, '');
    const last = index === lines.length - 1;
    const trimmed = last ? text : withoutBlanksBehind(text);
    if (index > 0 && trimmed === '' && !last) {
      breaks++;
      continue;
    }
    if (index > 0) value += breaks === 0 ? ' ' : '\n'.repeat(breaks);
    value += trimmed;
    breaks = 0;
  }
  return value;
}

/** The same of lines that are trimmed already. */
export function foldedPlain(lines: readonly string[]): string {
  let value = lines[0] ?? '';
  let breaks = 0;
  for (const line of lines.slice(1)) {
    if (line === '') {
      breaks++;
      continue;
    }
    value += (breaks === 0 ? ' ' : '\n'.repeat(breaks)) + line;
    breaks = 0;
  }
  return value;
}

/** A regular expression would look for the end from each blank of a long run anew. */
export function withoutBlanksBehind(text: string, least = 0): string {
  let end = text.length;
  while (end > least && ' \t\r'.includes(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

export interface BlockStyle {
  readonly folded: boolean;
  readonly chomp: 'strip' | 'clip' | 'keep';
}

/** Of the lines of a block scalar, freed of their indentation (§8.1). Lines of blanks alone are given as ''. */
export function blockValue(lines: readonly string[], { folded, chomp }: BlockStyle): string {
  let end = lines.length;
  while (end > 0 && lines[end - 1] === '') end--;
  const content = lines.slice(0, end);
  const text = folded ? foldedBlock(content) : content.join('\n');
  if (chomp === 'keep') return text + '\n'.repeat(lines.length - end + (end === 0 ? 0 : 1));
  return end === 0 || chomp === 'strip' ? text : `${text}\n`;
}

function foldedBlock(lines: readonly string[]): string {
  let value = '';
  let blanks = 0;
  let first = true;
  let wasIndented = false;
  for (const line of lines) {
    if (line === '') {
      blanks++;
      continue;
    }
    const indented = line.startsWith(' ') || line.startsWith('\t');
    if (first) value += '\n'.repeat(blanks);
    else if (indented || wasIndented) value += '\n'.repeat(blanks + 1);
    else value += blanks === 0 ? ' ' : '\n'.repeat(blanks);
    value += line;
    first = false;
    blanks = 0;
    wasIndented = indented;
  }
  return value;
}

/** Escapes of one character in double quotes (§5.7); those in hexadecimal and line breaks are read elsewhere. */
export const ESCAPES: Readonly<Record<string, string>> = {
  '0': '\0',
  a: '\u{7}',
  b: '\b',
  t: '\t',
  n: '\n',
  v: '\v',
  f: '\f',
  r: '\r',
  e: '\u{1b}',
  ' ': ' ',
  '"': '"',
  '/': '/',
  '\\': '\\',
  N: '\u{85}',
  _: '\u{a0}',
  L: '\u{2028}',
  P: '\u{2029}',
};
/** How many digits follow. */
export const HEX_ESCAPES: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 };
