import { hash } from 'node:crypto';

/**
 * One line of the ledger. What is not known is null. A row is never changed: what a call costs is the sum of the rows that
 * are about it.
 */
export interface LedgerRow {
  /** The gate that served; each has a chain of its own. */
  readonly node: string;
  /** From 1, without holes. */
  readonly seq: number;
  /** `rerate`: the difference that other prices make to a call. */
  readonly kind: 'call' | 'rerate';
  readonly recordId: string;
  /** When the call began, also for what was rated again: to this period it belongs. */
  readonly time: number;
  /** When it was rated again; null for a call. */
  readonly ratedMs: number | null;
  readonly api: string | null;
  readonly team: string | null;
  readonly application: string | null;
  readonly credential: string | null;
  readonly plan: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  /** All of them; the cached are among them. Null in what was rated again: the call has them. */
  readonly inputTokens: number | null;
  readonly cachedTokens: number | null;
  /** All of them; those of reasoning are among them. */
  readonly outputTokens: number | null;
  readonly reasoningTokens: number | null;
  /** Whether the provider said what was used: `measured`, `estimated`, `partial`. */
  readonly usage: string | null;
  readonly costMicroUsd: number;
  readonly priceVersion: string | null;
  /** Which row of the same chain is rated again; null for a call. */
  readonly of: number | null;
  /** Of this form. */
  readonly v: number;
}

export type LedgerField = keyof LedgerRow;

export interface Links {
  /** The hash of the row before; of the first: `GENESIS`. */
  readonly previous: string;
  readonly hash: string;
}

export const LEDGER_VERSION = 1;
export const GENESIS: string = '0'.repeat(64);

/** Every field with the kind of its column, in the order of RFC 8785: that of the UTF-16 code units of their names. */
export const LEDGER_FIELDS = {
  api: 'text',
  application: 'text',
  cachedTokens: 'number',
  costMicroUsd: 'number',
  credential: 'text',
  inputTokens: 'number',
  kind: 'text',
  model: 'text',
  node: 'text',
  of: 'number',
  outputTokens: 'number',
  plan: 'text',
  priceVersion: 'text',
  provider: 'text',
  ratedMs: 'number',
  reasoningTokens: 'number',
  recordId: 'text',
  seq: 'number',
  team: 'text',
  time: 'number',
  usage: 'text',
  v: 'number',
} as const satisfies Readonly<Record<LedgerField, 'text' | 'number'>>;

const NAMES = Object.keys(LEDGER_FIELDS);

/** Of whatever stands there: a row that somebody has spoilt has a text as well, and another one. */
export type RawRow = Readonly<Record<string, unknown>>;

/** The row as canonical JSON (RFC 8785), without its hashes. */
export function rowText(row: RawRow): string {
  let text = '{';
  for (const name of NAMES) text += `${text === '{' ? '' : ','}"${name}":${valueText(row[name] ?? null)}`;
  return `${text}}`;
}

/** A number that is too large to be one of ours is shown as a text, which no row of ours has in its place. */
function valueText(value: unknown): string {
  return typeof value === 'bigint' ? JSON.stringify(value.toString()) : JSON.stringify(value);
}

/** SHA-256 over the hash of the row before and the text of this one. */
export function hashOf(text: string, previous: string): string {
  return hash('sha256', previous + text, 'hex');
}

/** A row as it stands in exports: its text, with both hashes behind it. */
export function lineOf(text: string, { previous, hash: own }: Links): string {
  return `${text.slice(0, -1)},"previous":${JSON.stringify(previous)},"hash":${JSON.stringify(own)}}`;
}
