import { jsonObject } from '@gatehouse/kernel';
import { LEDGER_FIELDS, lineOf, rowText, type RawRow } from './ledger-row.ts';
import type { LedgerVerdict } from './ledger-store.ts';
import { LedgerVerifier, type ChainProblem, type LedgerHead } from './ledger-verifier.ts';

/* An export of the ledger: lines of JSON that are verified with nothing but themselves. */

const FORMAT = 1;

/** The first line. */
export const beginLine = (): string => JSON.stringify({ ledger: { format: FORMAT } });

/** In front of the rows of a chain. */
export const anchorLine = ({ node, seq, hash }: LedgerHead): string => JSON.stringify({ anchor: { node, seq, hash } });

export function ledgerLine(row: RawRow): string {
  return lineOf(rowText(row), { previous: String(row['previous']), hash: String(row['hash']) });
}

/** The last: where all chains end. */
export const headsLine = (heads: readonly LedgerHead[]): string =>
  JSON.stringify({ heads: heads.map(({ node, seq, hash }) => ({ node, seq, hash })) });

/** Every byte of it counts. `kept`: hashes of heads that somebody has kept elsewhere. */
export async function verifyLedgerLines(
  lines: AsyncIterable<string> | Iterable<string>,
  { kept = [] }: { readonly kept?: readonly string[] } = {},
): Promise<LedgerVerdict> {
  const reader = new LinesReader(kept);
  let problem: ChainProblem | undefined;
  for await (const line of lines) {
    problem = reader.take(line);
    if (problem !== undefined) break;
  }
  problem ??= reader.end();
  return { rows: reader.chains.rows, heads: reader.chains.heads, problem };
}

class LinesReader {
  readonly chains: LedgerVerifier;
  #lines = 0;
  #node = '';
  #heads: readonly LedgerHead[] | undefined;

  constructor(kept: readonly string[]) {
    this.chains = new LedgerVerifier(kept);
  }

  take(text: string): ChainProblem | undefined {
    this.#lines++;
    if (this.#heads !== undefined) return this.#wrong('it stands behind the end');
    const line = jsonObject(text);
    if (line === undefined) return this.#wrong('it is no object of JSON');
    if (this.#lines === 1)
      return text === beginLine() ? undefined : this.#wrong(`it is not ${beginLine()}, with which an export begins`);
    if ('anchor' in line) return this.#anchor(line['anchor'], text);
    if ('heads' in line) return this.#end(line['heads'], text);
    if (line['node'] !== this.#node) return this.#wrong('it is no row of the chain that was begun');
    // Another text of the same values, or more than a row has, would be found by no hash.
    if (!isRow(line) || ledgerLine(line) !== text) return this.#wrong('it is not as it was written');
    return this.chains.take(line);
  }

  end(): ChainProblem | undefined {
    if (this.#heads === undefined) return this.#wrong('the export does not say where its chains end: it was cut off');
    return this.chains.end(this.#heads);
  }

  #anchor(value: unknown, text: string): ChainProblem | undefined {
    const anchor = headIn(value);
    if (anchor === undefined || anchorLine(anchor) !== text) return this.#wrong('it is not as it was written');
    if (this.chains.heads.some(({ node }) => node === anchor.node)) return this.#wrong('this chain was begun before');
    this.#node = anchor.node;
    this.chains.begin(anchor);
    return undefined;
  }

  #end(value: unknown, text: string): ChainProblem | undefined {
    const heads = Array.isArray(value) ? value.map(headIn).filter((head) => head !== undefined) : [];
    if (headsLine(heads) !== text) return this.#wrong('it is not as it was written');
    this.#heads = heads;
    return undefined;
  }

  #wrong(what: string): ChainProblem {
    const seq = this.chains.heads.find(({ node }) => node === this.#node)?.seq ?? 0;
    return { node: this.#node, seq: seq + 1, what: `line ${this.#lines}: ${what}` };
  }
}

function isRow(line: RawRow): boolean {
  return Object.entries(LEDGER_FIELDS).every(([name, kind]) => {
    const value = line[name];
    return value === null || (kind === 'text' ? typeof value === 'string' : Number.isSafeInteger(value));
  });
}

function headIn(value: unknown): LedgerHead | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (!('node' in value && 'seq' in value && 'hash' in value)) return undefined;
  const { node, seq, hash } = value;
  if (typeof node !== 'string' || typeof seq !== 'number' || typeof hash !== 'string') return undefined;
  return { node, seq, hash };
}
