/** Our OpenMetrics text in the text format 0.0.4, which knows no units, no exemplars, no `info` and no end. */
export function asPlainText(openMetrics: string): string {
  const lines: string[] = [];
  let name = '';
  for (const line of openMetrics.split('\n')) {
    if (!line.startsWith('#')) {
      if (line !== '') lines.push(withoutExemplar(line));
      continue;
    }
    const [, word, family = '', rest = ''] = COMMENT.exec(line) ?? [];
    if (word === 'TYPE') {
      name = family + (SUFFIXES[rest] ?? '');
      lines.push(`# TYPE ${name} ${rest === 'info' ? 'gauge' : rest}`);
    } else if (word === 'HELP') lines.push(`# HELP ${name} ${rest}`);
  }
  return `${lines.join('\n')}\n`;
}

const COMMENT = /^# (TYPE|HELP) (\S+) (.*)$/s;
/** There a family is called as its samples are. */
const SUFFIXES: Readonly<Record<string, string>> = { counter: '_total', info: '_info' };

/** An exemplar stands behind the value; what looks like one inside of a label's value is none. */
function withoutExemplar(line: string): string {
  return SAMPLE.exec(line)?.[0] ?? line;
}

const SAMPLE = /^[^{ ]+(?:\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})? \S+/s;
