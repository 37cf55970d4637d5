import { styleText } from 'node:util';
import type { Finding, LintResult, Severity } from '@gatehouse/governance';
import type { LintedFile } from './lint-job.ts';

type Colour = Parameters<typeof styleText>[0];
type Paint = (colour: Colour, text: string) => string;

const COLOURS: Readonly<Record<Severity, Colour>> = { error: 'red', warning: 'yellow', info: 'blue' };

/** For people: findings in the order of the document, then the grade, and what to mend first. */
export function textReport(files: readonly LintedFile[], { colour }: { readonly colour: boolean }): string {
  const paint: Paint = (style, text) => (colour ? styleText(style, text, { validateStream: false }) : text);
  return files.map((file) => reportOf(file, paint)).join('\n\n');
}

function reportOf({ file, result }: LintedFile, paint: Paint): string {
  const { findings, waived } = result;
  const width = widest(findings.map(placeOf));
  const ruleWidth = widest(findings.map(({ rule }) => rule));
  const lines = findings.map((finding) => {
    const place = paint('dim', placeOf(finding).padStart(width));
    const severity = paint(COLOURS[finding.severity], finding.severity.padEnd(7));
    return `  ${place}  ${severity}  ${finding.rule.padEnd(ruleWidth)}  ${finding.message}`;
  });
  const counts = countsOf(findings, waived.length);
  return [paint('bold', file), ...lines, ...(lines.length > 0 ? [''] : []), ...gradeOf(result, paint), counts].join(
    '\n',
  );
}

/** There may be more of them than a function takes arguments. */
function widest(texts: readonly string[]): number {
  return texts.reduce((width, text) => Math.max(width, text.length), 0);
}

function placeOf({ line, column }: Finding): string {
  return `${line}:${column}`;
}

function gradeOf({ grade, scores, next }: LintResult, paint: Paint): readonly string[] {
  const { overall, ...axes } = scores;
  const each = Object.entries(axes).map(([axis, score]) => `${axis} ${score}`);
  const lines = [`  ${paint('bold', grade)}  ${overall ?? 100} of 100: ${each.join(', ')}`];
  const fixes = next
    .filter(({ gain }) => gain > 0)
    .map(({ rule, findings, gain }) => `${rule} (${counted(findings, 'finding')}) +${gain}`);
  if (fixes.length > 0)
    lines.push(`  next: ${fixes.join(', ')}; gatehouse lint --explain ${next[0]?.rule ?? ''} says why`);
  return lines;
}

function countsOf(findings: readonly Finding[], waived: number): string {
  const counts = (['error', 'warning', 'info'] as const)
    .map((severity) => [severity, findings.filter((finding) => finding.severity === severity).length] as const)
    .filter(([, count]) => count > 0)
    .map(([severity, count]) => (severity === 'info' ? `${count} info` : counted(count, severity)));
  const found = counts.length === 0 ? 'nothing found' : counts.join(', ');
  return `  ${found}${waived > 0 ? `, ${waived} waived` : ''}`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
