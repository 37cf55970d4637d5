import {
  findingText,
  shownWhere,
  type DriftFinding,
  type DriftPatch,
  type DriftReport,
  type OperationDrift,
  type SecurityParity,
  type ShadowRoute,
} from '@gatehouse/governance';
import { safeText } from '@gatehouse/record/spool';
import { table, times } from './drift-table.ts';

export interface DriftTextInputs {
  readonly report: DriftReport;
  readonly patch: DriftPatch;
  readonly api: string;
  readonly version: string;
  readonly file: string;
  /** ms since the epoch. */
  readonly now: number;
  readonly coloured: boolean;
}

type Paint = (colour: keyof typeof COLOURS, text: string) => string;
const COLOURS = { error: 31, warning: 33, info: 2, good: 32, dim: 2, bold: 1 } as const;
const LIST_MAX = 20;

/** For people: how much fits, what does not, who may call, what nobody uses, and what to do about it. */
export function driftText(given: DriftTextInputs): string {
  const inputs = { ...given, report: shownSafely(given.report), patch: shownSafely(given.patch) };
  const { report, patch, coloured } = inputs;
  const paint: Paint = (colour, text) => (coloured ? `\u001b[${COLOURS[colour]}m${text}\u001b[0m` : text);
  const sections = [
    heading(inputs, paint),
    operationsPart(report, paint),
    shadowPart(report.shadowRoutes, paint),
    securityPart(report.security, paint),
    unusedPart(report, paint),
    patchPart(patch, paint),
  ];
  return sections
    .filter((section) => section.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

/** Names come from traffic, and from documents of others. */
function shownSafely<T extends object>(value: T): T {
  const copy: unknown = JSON.parse(JSON.stringify(value), (_, each: unknown) =>
    typeof each === 'string' ? safeText(each) : each,
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the same with other texts in it
  return copy as T;
}

function heading({ report, api, version, file, now }: DriftTextInputs, paint: Paint): string[] {
  const { samples, fromMs, toMs, conformance, byOtherDocuments = 0 } = report;
  const share =
    conformance === undefined ? 'none of them for an operation' : `${percent(conformance)} keep to the document`;
  const since = `from ${minute(fromMs)} to ${minute(toMs)}, ${ago(toMs, now)}`;
  return [
    paint('bold', `${api} ${version} against ${file}`),
    `${times(samples, 'call')} looked at, ${share}`,
    paint('dim', since),
    ...(byOtherDocuments === 0
      ? []
      : [paint('dim', `${times(byOtherDocuments, 'call')} held against another text of the document`)]),
  ];
}

function operationsPart({ operations }: DriftReport, paint: Paint): string[] {
  const rows = operations.map(({ operation, samples, conformance }) => [
    operation,
    String(samples),
    percent(conformance),
  ]);
  const lines = table(['operation', 'calls', 'conforms'], rows, { right: [1, 2] });
  const [head = '', ...body] = lines;
  return [
    paint('dim', head),
    ...body.flatMap((line, index) => [
      line,
      ...(operations[index]?.findings ?? []).map((each) => findingLine(each, paint)),
    ]),
    ...news(operations, paint),
  ];
}

function findingLine(finding: DriftFinding, paint: Paint): string {
  const { level, count, firstSeenMs } = finding;
  return `  ${paint(level, level.padEnd(7))}  ${findingText(finding)}  ${paint('dim', `${count}×, first ${minute(firstSeenMs)}`)}`;
}

function news(operations: readonly OperationDrift[], paint: Paint): string[] {
  return operations.every(({ findings }) => findings.length === 0) && operations.length > 0
    ? ['', paint('good', 'nothing was seen that the document does not say')]
    : [];
}

function shadowPart(routes: readonly ShadowRoute[], paint: Paint): string[] {
  if (routes.length === 0) return [];
  const rows = routes.map(({ method, path, samples, statuses, firstSeenMs }) => [
    `${method} ${path}`,
    String(samples),
    Object.keys(statuses).join(' '),
    minute(firstSeenMs),
  ]);
  const [head = '', ...body] = table(['not described', 'calls', 'statuses', 'first'], rows, { right: [1] });
  return [paint('warning', 'Calls that came through and that no operation is for'), paint('dim', head), ...some(body)];
}

const VERDICTS: Readonly<Record<SecurityParity['verdict'], string>> = {
  agrees: 'agree',
  unseen: 'not seen',
  unprotected: 'comes through without credentials',
  'left-to-the-service': 'left to the service',
  'undeclared-protection': 'the document says nothing of it',
  'other-credential': 'another one comes through',
};

function securityPart(security: readonly SecurityParity[], paint: Paint): string[] {
  const seen = security.filter(({ verdict }) => verdict !== 'unseen');
  if (seen.length === 0) return [];
  const apart = seen.filter(({ level }) => level !== undefined);
  if (apart.length === 0) return [paint('good', 'document, gate and callers agree about who may call')];
  const rows = apart.map((each) => [
    each.operation,
    each.declared.map((ways) => ways.join(' + ')).join(' or ') || 'anybody',
    each.enforced?.join(' or ') || 'nothing',
    Object.entries(each.observed)
      .map(([ways, count]) => `${ways === '' ? 'nothing' : safeText(ways)} ${count}×`)
      .join(', ') || '–',
    VERDICTS[each.verdict],
  ]);
  const [head = '', ...body] = table(['who may call', 'document', 'gate asks for', 'callers show', ''], rows);
  const lines = body.map((line, index) => paint(apart[index]?.level ?? 'dim', line));
  return [paint('dim', head), ...some(lines), ...agreeing(seen.length - apart.length, paint)];
}

function agreeing(count: number, paint: Paint): string[] {
  return count === 0 ? [] : [paint('dim', `${times(count, 'operation')} more where they agree`)];
}

function unusedPart({ unseenOperations, unused, fromMs }: DriftReport, paint: Paint): string[] {
  const parts = unused.map(
    ({ operation, where, samples }) =>
      `  ${operation}: ${shownWhere(where)}  ${paint('dim', `in ${times(samples, 'call')}`)}`,
  );
  return [
    ...(unseenOperations.length === 0 ? [] : [`Operations that were not called since ${minute(fromMs)}`]),
    ...some(unseenOperations.map((operation) => `  ${operation}`)),
    ...(parts.length === 0 ? [] : ['Parts that nobody has used, of operations that were called']),
    ...some(parts),
  ];
}

function patchPart({ operations, changes, leftOut, verdict, risks }: DriftPatch, paint: Paint): string[] {
  if (operations.length === 0 && leftOut.length === 0) return [];
  const settled = `An addition to the document would settle ${times(changes.length, 'finding')}; --patch FILE writes it`;
  const kept =
    verdict === 'compatible'
      ? 'its callers can go on with it'
      : `its callers may not be ready for ${times(risks.length, 'change')}:`;
  return [
    ...(changes.length === 0 ? [] : [`${settled}. ${kept}`.replace('it. its', 'it. Its')]),
    ...(changes.length === 0
      ? []
      : some(
          risks.map(
            ({ level, operation, path, message }) =>
              `  ${paint(level, level.padEnd(7))}  ${operation} ${path}: ${message}`,
          ),
        )),
    ...(leftOut.length === 0
      ? []
      : [
          paint(
            'dim',
            `${times(leftOut.length, 'finding')} not settled by it, for service and document contradict each other or there is no name to write`,
          ),
        ]),
  ];
}

function some(lines: readonly string[]): readonly string[] {
  return lines.length <= LIST_MAX ? lines : [...lines.slice(0, LIST_MAX), `  and ${lines.length - LIST_MAX} more`];
}

/** Never rounded up to all of them. */
function percent(share: number): string {
  if (share === 1) return '100 %';
  return `${(Math.floor(share * 1000) / 10).toFixed(1)} %`;
}

function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')}Z`;
}

function ago(ms: number, now: number): string {
  const minutes = Math.max(0, Math.round((now - ms) / 60_000));
  if (minutes < 120) return `${minutes} min ago`;
  return minutes < 2880 ? `${Math.round(minutes / 60)} h ago` : `${Math.round(minutes / 1440)} days ago`;
}
