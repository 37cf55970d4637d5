import { counted, type Finding, type Level } from './finding.ts';

const SIGNS: Readonly<Record<Level, string>> = { ok: '✓', warning: '!', failed: '✗' };
/** Of terminals: green, yellow, red. */
const COLOURS: Readonly<Record<Level, number>> = { ok: 32, warning: 33, failed: 31 };
const NAME_CHARS = 7;
/** The sign, the name, and a space behind each. */
const INDENT = NAME_CHARS + 3;
const LEAST_CHARS = 30;

export interface Look {
  readonly colours: boolean;
  /** How wide the terminal is; undefined: lines are as long as they are. */
  readonly columns: number | undefined;
}

/** A line for each finding, and one for all. */
export function reportLines(findings: readonly Finding[], { colours, columns = Infinity }: Look): readonly string[] {
  const paint = (level: Level, text: string): string => (colours ? `\u001b[${COLOURS[level]}m${text}\u001b[0m` : text);
  const lines = findings.map(({ name, level, detail }) => {
    const wrapped = detail.split('\n').flatMap((line) => wrap(line, columns - INDENT));
    return `${paint(level, SIGNS[level])} ${name.padEnd(NAME_CHARS)} ${wrapped.join(`\n${' '.repeat(INDENT)}`)}`;
  });
  return [...lines, '', summary(findings, paint)];
}

/** At spaces; words that are longer than a line stay whole, so that they can be copied. */
function wrap(text: string, chars: number): readonly string[] {
  if (text.length <= Math.max(chars, LEAST_CHARS)) return [text];
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > Math.max(chars, LEAST_CHARS)) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}

function summary(findings: readonly Finding[], paint: (level: Level, text: string) => string): string {
  const count = (level: Level): number => findings.filter((finding) => finding.level === level).length;
  const failed = count('failed');
  const warnings = count('warning');
  const doubts = warnings === 0 ? '' : `, ${counted(warnings, 'warning')}`;
  if (failed > 0) return paint('failed', `${failed} of ${counted(findings.length, 'check')} failed${doubts}`);
  if (warnings > 0) return paint('warning', `nothing is wrong${doubts}`);
  return paint('ok', 'all is well');
}

/** `{ok, checks: [{name, ok, level, detail}]}`: a warning is ok. */
export function reportJson(findings: readonly Finding[]): string {
  const checks = findings.map(({ name, level, detail }) => ({ name, ok: level !== 'failed', level, detail }));
  return JSON.stringify({ ok: checks.every(({ ok }) => ok), checks });
}
