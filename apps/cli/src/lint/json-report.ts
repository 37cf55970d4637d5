import type { LintedFile } from './lint-job.ts';

/** One document as an object, several as a list in the order given. */
export function jsonReport(files: readonly LintedFile[]): string {
  const reports = files.map(({ result: { grade, scores, findings } }) => ({ grade, scores, findings }));
  return JSON.stringify(reports.length === 1 ? reports[0] : reports);
}
