import {
  baselineOf,
  baselineText,
  fixedText,
  isAtLeast,
  lint,
  newSince,
  PACKS,
  parseBaseline,
  parseRuleset,
  parseSpec,
  parseWaivers,
  UnreadableDocument,
  type Finding,
  type LintRequest,
  type LintResult,
  type Severity,
  type SpecDocument,
  type Waiver,
} from '@gatehouse/governance';
import { jsonReport } from './json-report.ts';
import { sarifReport } from './sarif-report.ts';
import { textReport } from './text-report.ts';

export interface TextFile {
  readonly file: string;
  readonly text: string;
}

/** All that one run needs, as plain data: it crosses to a thread. */
export interface LintOrder {
  readonly specs: readonly TextFile[];
  /** A pack by its name, or a file. */
  readonly ruleset: string | TextFile;
  readonly previous: TextFile | undefined;
  readonly waivers: TextFile | undefined;
  readonly baseline: TextFile | undefined;
  readonly writeBaseline: string | undefined;
  readonly fix: boolean;
  readonly format: 'text' | 'json' | 'sarif';
  readonly failOn: Severity | 'never';
  readonly colour: boolean;
  readonly nowMs: number;
}

export type LintOutcome =
  | {
      readonly output: string;
      readonly notes: readonly string[];
      readonly writes: readonly TextFile[];
      /** Whether something is as grave as what was asked to fail on. */
      readonly failed: boolean;
    }
  | { readonly failure: string };

export interface LintedFile {
  readonly file: string;
  readonly result: LintResult;
}

const REPORTS = { text: textReport, json: jsonReport, sarif: sarifReport };

/** One run of `gatehouse lint`, without files and without a terminal. */
export function lintJob(order: LintOrder): LintOutcome {
  try {
    return linted(order);
  } catch (error) {
    if (error instanceof Unreadable) return { failure: error.message };
    throw error;
  }
}

/** `file:line:column: what is wrong`. */
class Unreadable extends Error {}

function linted(order: LintOrder): LintOutcome {
  const ruleset = rulesetsOf(order);
  const waivers = order.waivers === undefined ? [] : read(order.waivers, parseWaivers);
  const previous = order.previous && read(order.previous, (document) => document);
  const writes: TextFile[] = [];
  const files = order.specs.map((spec): LintedFile => {
    const request = { ...ruleset(spec.file), previous, waivers, nowMs: order.nowMs };
    const { file, text } = order.fix ? mended(spec, request) : spec;
    if (text !== spec.text) writes.push({ file, text });
    return { file, result: read({ file, text }, (document) => lint(document, request)) };
  });
  return {
    ...reported(order, files),
    writes: [...writes, ...baselineFile(order, files)],
    notes: notesOf(files, writes),
  };
}

function read<Value>({ file, text }: TextFile, use: (document: SpecDocument) => Value): Value {
  try {
    return use(parseSpec(text, file));
  } catch (error) {
    if (!(error instanceof UnreadableDocument)) throw error;
    throw new Unreadable(`${file}:${error.place.line}:${error.place.column}: ${error.message}`);
  }
}

/** A ruleset may say something else of some files. */
function rulesetsOf({ ruleset }: LintOrder): (file: string) => Pick<LintRequest, 'pack' | 'ruleset'> {
  if (typeof ruleset === 'string') {
    if (Object.hasOwn(PACKS, ruleset)) return () => ({ pack: ruleset });
    throw new Unreadable(`no pack is named ${ruleset}; there are ${Object.keys(PACKS).join(', ')}, or name a file`);
  }
  return (file) => ({ ruleset: read(ruleset, (document) => parseRuleset(document, { file })) });
}

function mended(spec: TextFile, request: LintRequest): TextFile {
  const text = read(spec, (document) => fixedText(document, lint(document, request).findings));
  return text === undefined ? spec : { file: spec.file, text };
}

function reported(
  order: LintOrder,
  files: readonly LintedFile[],
): { readonly output: string; readonly failed: boolean } {
  const shown = order.baseline === undefined ? files : withNewOnly(files, order.baseline);
  const { failOn } = order;
  const fails = ({ severity }: Finding): boolean => failOn !== 'never' && isAtLeast(severity, failOn);
  const failed = order.writeBaseline === undefined && shown.some(({ result }) => result.findings.some(fails));
  return { output: REPORTS[order.format](shown, { colour: order.colour }), failed };
}

/** Scores stay those of the whole document: a baseline forgives, it does not embellish. */
function withNewOnly(files: readonly LintedFile[], file: TextFile): readonly LintedFile[] {
  const baseline = read(file, parseBaseline);
  const fresh = new Set(
    newSince(
      files.flatMap(({ result }) => result.findings),
      baseline,
    ),
  );
  return files.map(({ file: name, result }) => ({
    file: name,
    result: { ...result, findings: result.findings.filter((finding) => fresh.has(finding)) },
  }));
}

function baselineFile({ writeBaseline }: LintOrder, files: readonly LintedFile[]): readonly TextFile[] {
  if (writeBaseline === undefined) return [];
  const findings = files.flatMap(({ result }) => result.findings);
  return [{ file: writeBaseline, text: baselineText(baselineOf(findings)) }];
}

function notesOf(files: readonly LintedFile[], mendedFiles: readonly TextFile[]): readonly string[] {
  const expired = new Set<Waiver>(files.flatMap(({ result }) => result.expired));
  return [
    ...mendedFiles.map(({ file }) => `${file}: mended`),
    ...[...expired].map(
      ({ rule, path, owner }) => `the waiver of ${rule} at ${path === '' ? '/' : path} has expired; ask ${owner}`,
    ),
  ];
}
