const END = '# EOF\n';

/** Whether it is all of a text: one that broke off has no end. */
export function isWhole(openMetrics: string): boolean {
  return openMetrics === END || openMetrics.endsWith(`\n${END}`);
}

/**
 * One text of several, with one end. A family that an earlier one has is left out of the later ones: scrapers refuse all
 * of a text in which a family comes twice.
 */
export function joined(texts: readonly string[]): string {
  const seen = new Set<string>();
  const lines: string[] = [];
  for (const text of texts) {
    let isNew = false;
    // Not by a pattern: to those, lines also end at characters that may stand in a label's value.
    for (const line of text.split('\n')) {
      if (line === '# EOF') break;
      const name = TYPE.exec(line)?.[1];
      if (name !== undefined) {
        isNew = !seen.has(name);
        seen.add(name);
      }
      if (isNew && line !== '') lines.push(line);
    }
  }
  return `${lines.map((line) => `${line}\n`).join('')}${END}`;
}

const TYPE = /^# TYPE (\S+) /;
