import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import {
  reconciliationCsv,
  reconciliationText,
  verifyLedgerLines,
  type LedgerVerdict,
  type Reconciliation,
} from '@gatehouse/analytics';
import type { AdminClient } from '../admin-client.ts';
import { CommandFailure } from '../failure.ts';
import { linesIn } from '../lines-in.ts';

interface Asking {
  readonly client: AdminClient;
  readonly print: (line: string) => void;
}

/** All that is kept for ten years is looked at. */
const SLOW = { timeoutMs: 3_600_000 };

export interface VerifyOptions extends Asking {
  /** An export; undefined: the ledger of the gate. */
  readonly file: string | undefined;
  /** Hashes of heads that were kept. */
  readonly heads: readonly string[];
  readonly json: boolean;
}

/** `gatehouse ledger verify`: exit code 1 where something is not as it was written. */
export async function verifyLedger({ client, file, heads: kept, json, print }: VerifyOptions): Promise<void> {
  const wrong = kept.find((hash) => !/^[0-9a-f]{64}$/.test(hash));
  if (wrong !== undefined) throw new CommandFailure(`--head ${wrong}: a head is 64 hexadecimal digits`);
  const verdict =
    file === undefined
      ? verdictIn((await client.get(`/ledger/verify${queryOf({ head: kept.join(',') })}`, SLOW)).body)
      : await verifyLedgerLines(orFailure(file), { kept });
  const { rows, heads, problem } = verdict;
  if (json) print(JSON.stringify({ ok: problem === undefined, rows, heads, ...(problem && { problem }) }));
  else for (const line of toldOf(verdict)) print(line);
  if (problem !== undefined) throw new CommandFailure('', 1);
}

function toldOf({ rows, heads, problem }: LedgerVerdict): readonly string[] {
  if (problem !== undefined) return [`gate ${problem.node}, row ${problem.seq}: ${problem.what}`];
  return [
    `${rows} rows are as they were written`,
    ...heads.map(({ node, seq, hash }) => `gate ${node} ends with row ${seq}  ${hash}`),
    'what is cut off at the end shows by these: keep them elsewhere, and verify with --head',
  ];
}

async function* orFailure(file: string): AsyncGenerator<string> {
  try {
    yield* linesIn(createReadStream(file));
  } catch (error) {
    throw new CommandFailure(unreadable(file, error));
  }
}

/** `gatehouse ledger export`: lines for `verify`. */
export async function exportLedger({ client, print }: Asking): Promise<void> {
  for await (const line of linesIn(client.pieces('/ledger/export'))) print(line);
}

export interface ChargeBackOptions extends Asking {
  /** Undefined: all of the house. */
  readonly workspace: string | undefined;
  readonly query: Readonly<Record<'from' | 'to' | 'by', string | undefined>>;
  readonly json: boolean;
}

/** `gatehouse ledger charge-back`: a table for spreadsheets. */
export async function chargeBack({ client, workspace, query, json, print }: ChargeBackOptions): Promise<void> {
  const at = `${placeOf(workspace)}/ledger/charge-back`;
  if (json) return print(JSON.stringify((await client.get(at + queryOf(query))).body));
  for await (const line of linesIn(client.pieces(at + queryOf({ ...query, format: 'csv' }))))
    print(line.replace(/\r$/, ''));
}

export interface ReconcileOptions extends Asking {
  readonly workspace: string | undefined;
  readonly file: string;
  readonly query: Readonly<Record<'provider' | 'from' | 'to' | 'tolerance', string | undefined>>;
  readonly form: 'text' | 'csv' | 'json';
}

/** `gatehouse ledger reconcile`: exit code 1 where ledger and export do not agree. */
export async function reconcileLedger({
  client,
  workspace,
  file,
  query,
  form,
  print,
}: ReconcileOptions): Promise<void> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new CommandFailure(unreadable(file, error));
  });
  const { body } = await client.post(`${placeOf(workspace)}/ledger/reconcile${queryOf(query)}`, { export: text });
  const found = reconciliationIn(body);
  if (form === 'json') print(JSON.stringify(found));
  else if (form === 'csv') print(reconciliationCsv(found).trimEnd().replaceAll('\r\n', '\n'));
  else print(reconciliationText(found));
  if (found.verdict === 'differs') throw new CommandFailure('', 1);
}

const placeOf = (workspace: string | undefined): string =>
  workspace === undefined ? '' : `/workspaces/${encodeURIComponent(workspace)}`;

function queryOf(query: Readonly<Record<string, string | undefined>>): string {
  const said = Object.entries(query).flatMap(([name, value]) =>
    value === undefined || value === '' ? [] : [`${name}=${encodeURIComponent(value)}`],
  );
  return said.length === 0 ? '' : `?${said.join('&')}`;
}

function unreadable(file: string, error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
  return code === 'ENOENT' ? `${file}: there is no such file, check its name` : `${file}: cannot be read (${code})`;
}

/** What the admin API of this version answers. */
function verdictIn(body: unknown): LedgerVerdict {
  if (!hasAll(body, ['ok', 'rows', 'heads'])) throw new CommandFailure(OTHER_VERSION);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its members were looked for
  return body as LedgerVerdict;
}

function reconciliationIn(body: unknown): Reconciliation {
  if (!hasAll(body, ['verdict', 'rows', 'total'])) throw new CommandFailure(OTHER_VERSION);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- its members were looked for
  return body as Reconciliation;
}

const OTHER_VERSION = 'the gate answers otherwise than one of this version does';

const hasAll = (body: unknown, names: readonly string[]): boolean =>
  typeof body === 'object' && body !== null && names.every((name) => name in body);
