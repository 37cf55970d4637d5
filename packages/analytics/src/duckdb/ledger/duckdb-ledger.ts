import { statSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { anchorLine, beginLine, headsLine, ledgerLine } from '../../ledger/ledger-lines.ts';
import { GENESIS, type RawRow } from '../../ledger/ledger-row.ts';
import type {
  LedgerExported,
  LedgerStore,
  LedgerSumsQuery,
  LedgerSumsRow,
  LedgerVerdict,
  Rerated,
  RerateOrder,
} from '../../ledger/ledger-store.ts';
import { LedgerVerifier, type LedgerHead } from '../../ledger/ledger-verifier.ts';
import { numberOf, textOf, type Connection } from '../connection.ts';
import { Parameters } from '../parameters.ts';
import { ledgerSums } from './ledger-sums.ts';
import { rerate } from './rerate.ts';

export interface DuckDbLedgerOptions {
  /** Of the database. */
  readonly folder: string;
  /** After what is being written. */
  readonly inTurn: <Result>(work: (write: Connection) => Promise<Result>) => Promise<Result>;
  /** On a connection of its own. */
  readonly beside: <Result>(work: (read: Connection) => Promise<Result>) => Promise<Result>;
}

/** The ledger in the file of the records. */
export class DuckDbLedger implements LedgerStore {
  readonly #options: DuckDbLedgerOptions;

  constructor(options: DuckDbLedgerOptions) {
    this.#options = options;
  }

  async sums(query: LedgerSumsQuery): Promise<readonly LedgerSumsRow[]> {
    return this.#options.beside(async (read) => ledgerSums(read, query));
  }

  async rerate(order: RerateOrder): Promise<readonly Rerated[]> {
    const { folder, inTurn, beside } = this.#options;
    if (order.dryRun)
      return beside(async (read) => read.transaction(async () => rerate(order, { write: read, folder })));
    return inTurn(async (write) => write.transaction(async () => rerate(order, { write, folder })));
  }

  async verify({ kept }: { readonly kept: readonly string[] }): Promise<LedgerVerdict> {
    const verifier = new LedgerVerifier(kept);
    return this.#options.beside(async (read) =>
      read.transaction(async () => {
        const chains = await chainsIn(read);
        for (const { anchor } of chains) {
          verifier.begin(anchor);
          for await (const rows of rowsOf(read, anchor.node)) {
            for (const row of rows) {
              const problem = verifier.take(row);
              if (problem !== undefined) return { rows: verifier.rows, heads: verifier.heads, problem };
            }
          }
        }
        const heads = chains.flatMap(({ head }) => (head === undefined ? [] : [head]));
        return { rows: verifier.rows, heads: verifier.heads, problem: verifier.end(heads) };
      }),
    );
  }

  /** As it is: whether it is as it was written, whoever reads it finds out. */
  async export({ file }: { readonly file: string }): Promise<LedgerExported> {
    const out = await open(file, 'wx', 0o600);
    try {
      const written = await this.#options.beside(async (read) =>
        read.transaction(async () => {
          const chains = await chainsIn(read);
          const heads = chains.flatMap(({ head }) => (head === undefined ? [] : [head]));
          let rows = 0;
          await out.write(`${beginLine()}\n`);
          for (const { anchor } of chains) {
            await out.write(`${anchorLine(anchor)}\n`);
            for await (const piece of rowsOf(read, anchor.node)) {
              rows += piece.length;
              await out.write(piece.map((row) => `${ledgerLine(row)}\n`).join(''));
            }
          }
          await out.write(`${headsLine(heads)}\n`);
          return { rows, heads };
        }),
      );
      return { ...written, bytes: statSync(file).size };
    } finally {
      await out.close();
    }
  }
}

interface Chain {
  readonly anchor: LedgerHead;
  /** Undefined: rows of which nobody has kept where they end. */
  readonly head: LedgerHead | undefined;
}

/** Also those that have rows and no head, which nobody of us has written. */
async function chainsIn(read: Connection): Promise<readonly Chain[]> {
  const rows = await read.rows(
    'SELECT node, h.seq, h.hash, h."anchorSeq", h."anchorHash", h.seq IS NOT NULL AS known FROM (SELECT node FROM ledger_heads UNION SELECT node FROM ledger) LEFT JOIN ledger_heads AS h USING (node) ORDER BY node',
  );
  return rows.map((row) => {
    const node = textOf(row, 'node');
    const anchor = { node, seq: numberOf(row, 'anchorSeq'), hash: textOf(row, 'anchorHash') || GENESIS };
    const head = { node, seq: numberOf(row, 'seq'), hash: textOf(row, 'hash') };
    return { anchor, head: row['known'] === true ? head : undefined };
  });
}

function rowsOf(read: Connection, node: string): AsyncIterable<readonly RawRow[]> {
  const parameters = new Parameters();
  const of = parameters.add(node);
  // What has lost its node belongs to no chain, and is found with that of the name ''.
  return read.pieces(`SELECT * FROM ledger WHERE coalesce(node, '') = ${of} ORDER BY seq`, parameters);
}
