import { GENESIS, hashOf, rowText, type RawRow } from './ledger-row.ts';

/** Where a chain ends or, for what is older than is kept, begins. */
export interface LedgerHead {
  readonly node: string;
  /** 0: before the first row. */
  readonly seq: number;
  readonly hash: string;
}

/** What is wrong first, and where. */
export interface ChainProblem {
  readonly node: string;
  readonly seq: number;
  readonly what: string;
}

/**
 * Goes through the chains of a ledger, each node's rows in their order, and holds every hash against what it is of. Finds
 * what was changed, taken out, put in or moved; what was cut off or written anew from some row on, only by heads that are
 * told beside it.
 */
export class LedgerVerifier {
  rows = 0;
  readonly #ends = new Map<string, LedgerHead>();
  /** Hashes that have to be somewhere. */
  readonly #kept: Set<string>;

  constructor(kept: readonly string[] = []) {
    this.#kept = new Set(kept);
  }

  /** A chain whose older rows are gone goes on behind this. In front of its rows. */
  begin(anchor: LedgerHead): void {
    this.#ends.set(anchor.node, anchor);
    this.#kept.delete(anchor.hash);
  }

  take(row: RawRow): ChainProblem | undefined {
    this.rows++;
    const named = row['node'];
    const node = typeof named === 'string' ? named : '';
    const before = this.#ends.get(node) ?? { node, seq: 0, hash: GENESIS };
    const seq = before.seq + 1;
    const what = faultOf(row, before);
    if (what !== undefined) return { node, seq, what };
    const own = String(row['hash']);
    this.#ends.set(node, { node, seq, hash: own });
    if (this.#kept.size > 0) this.#kept.delete(own);
    return undefined;
  }

  get heads(): readonly LedgerHead[] {
    return [...this.#ends.values()];
  }

  /** Behind the last row: chains end where it was said that they do. */
  end(told: readonly LedgerHead[]): ChainProblem | undefined {
    const known = new Map(told.map((head) => [head.node, head]));
    for (const { node, seq, hash: own } of this.#ends.values()) {
      const head = known.get(node);
      if (head === undefined) return { node, seq, what: 'nothing says where this chain ends' };
      if (head.seq > seq) return { node, seq: seq + 1, what: `it is missing: the chain had ${head.seq} rows` };
      if (head.seq !== seq || head.hash !== own)
        return { node, seq, what: `the chain ends here, but its head says row ${head.seq}, ${head.hash}` };
    }
    for (const { node, seq } of told) {
      if (seq > 0 && !this.#ends.has(node)) return { node, seq: 1, what: `it is missing: the chain had ${seq} rows` };
    }
    const [lost] = this.#kept;
    if (lost === undefined) return undefined;
    const [end] = this.#ends.values();
    const what = `no row has the hash ${lost} that was kept: rows were cut off, or the chain was written anew`;
    return { node: end?.node ?? '', seq: end?.seq ?? 0, what };
  }
}

function faultOf(row: RawRow, before: LedgerHead): string | undefined {
  const { seq, previous, hash: own } = row;
  const due = before.seq + 1;
  if (typeof seq !== 'number') return 'it has no number';
  if (seq > due) return `it is missing: the next row is ${seq}`;
  if (seq < due) return `row ${seq} stands where ${due} belongs`;
  if (previous !== before.hash) return 'it does not go on from the row before';
  return hashOf(rowText(row), before.hash) === own ? undefined : 'it is not what its hash was made of';
}
