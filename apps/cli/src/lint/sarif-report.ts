import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { fingerprintOf, ruleOf, type Finding, type Severity } from '@gatehouse/governance';
import { version } from '../version.ts';
import type { LintedFile } from './lint-job.ts';

const LEVELS: Readonly<Record<Severity, string>> = { error: 'error', warning: 'warning', info: 'note' };

/** SARIF 2.1.0 (OASIS), for code hosts and editors. */
export function sarifReport(files: readonly LintedFile[]): string {
  const found = files.flatMap(({ file, result }) => result.findings.map((finding) => ({ file, finding })));
  const ids = [...new Set(found.map(({ finding }) => finding.rule))].toSorted();
  const index = new Map(ids.map((id, i) => [id, i]));
  const driver = {
    name: 'gatehouse lint',
    version: version(),
    rules: ids.map(descriptorOf),
  };
  const results = found.map(({ file, finding }) => ({
    ...resultOf(file, finding),
    ruleIndex: index.get(finding.rule) ?? -1,
  }));
  return JSON.stringify({
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  });
}

function descriptorOf(id: string): object {
  const rule = ruleOf(id);
  if (rule === undefined) return { id };
  return {
    id,
    shortDescription: { text: rule.summary },
    fullDescription: { text: rule.why },
    defaultConfiguration: { level: LEVELS[rule.severity] },
    properties: { tags: [rule.axis] },
  };
}

function resultOf(file: string, finding: Finding): object {
  const { rule, severity, message, line, column } = finding;
  const region = { startLine: line, startColumn: column };
  return {
    ruleId: rule,
    level: LEVELS[severity],
    message: { text: message },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: uriOf(file) }, region },
        logicalLocations: [{ fullyQualifiedName: finding.path }],
      },
    ],
    partialFingerprints: { 'gatehouse/v1': fingerprintOf(finding) },
  };
}

/** Relative paths stay so: they are meant from the root of a repository. */
function uriOf(file: string): string {
  if (path.isAbsolute(file)) return pathToFileURL(file).href;
  return file.split(path.sep).map(encodeURIComponent).join('/');
}
