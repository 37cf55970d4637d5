import { jsonObject } from '@gatehouse/kernel';
import { firstHashOf, GENESIS, hashOf } from './audit-entry.ts';
import { canonicalJson } from './canonical-json.ts';

/** What is wrong first, and where. */
export interface AuditProblem {
  readonly workspace: string;
  readonly seq: number;
  readonly what: string;
}

/** Where the chain of a workspace ends, or was at some moment, as something else than the entries says it. */
export interface KnownHead {
  readonly workspace: string;
  readonly seq: number;
  readonly hash: string;
}

/** A head that was signed at `atMs`. */
export interface KnownCheckpoint extends KnownHead {
  readonly atMs: number;
}

interface End {
  readonly seq: number;
  readonly hash: string;
  /** Whether entries of the second form have begun: none of the first comes behind them. */
  readonly isSecond: boolean;
}

const START: End = { seq: 0, hash: GENESIS, isSecond: false };

/**
 * Goes through the entries of an audit, each workspace's in its order, and holds every hash against what it is of. Finds
 * what was changed, taken out, put in or moved; what was written anew from some entry on, or cut off, only by what else is
 * known: checkpoints, which are told before the entries they are of, and heads.
 */
export class ChainVerifier {
  entries = 0;
  readonly #ends = new Map<string, End>();
  /** Of each workspace, by the number of the entry. */
  readonly #checkpoints = new Map<string, Map<number, KnownCheckpoint>>();

  /** What was verified before ends here. */
  beginBehind({ workspace, seq, hash }: KnownHead): void {
    this.#ends.set(workspace, { seq, hash, isSecond: false });
  }

  expect(checkpoint: KnownCheckpoint): void {
    const { workspace, seq } = checkpoint;
    const known = this.#checkpoints.get(workspace) ?? new Map<number, KnownCheckpoint>();
    this.#checkpoints.set(workspace, known.set(seq, checkpoint));
  }

  /** The next entry, as text. */
  take(text: string): AuditProblem | undefined {
    this.entries++;
    const entry = jsonObject(text);
    const named = entry?.['workspace'];
    const workspace = typeof named === 'string' ? named : '';
    const before = this.#ends.get(workspace) ?? START;
    const seq = before.seq + 1;
    const wrong = entry === undefined ? 'it is no entry' : faultOf(entry, before, text);
    if (wrong !== undefined) return { workspace, seq, what: wrong };
    const end = { seq, hash: String(entry?.['hash']), isSecond: before.isSecond || entry?.['v'] !== undefined };
    this.#ends.set(workspace, end);
    const checkpoint = this.#checkpoints.get(workspace)?.get(seq);
    if (checkpoint === undefined || checkpoint.hash === end.hash) return undefined;
    const what = `it is not the entry that was signed at ${timeOf(checkpoint)}: the chain up to here was written anew`;
    return { workspace, seq, what };
  }

  /** Behind the last entry. */
  end(heads: readonly KnownHead[]): AuditProblem | undefined {
    for (const [workspace, known] of this.#checkpoints) {
      const { seq } = this.#ends.get(workspace) ?? START;
      const missing = [...known.values()].filter((each) => each.seq > seq).toSorted((a, b) => b.seq - a.seq)[0];
      if (missing === undefined) continue;
      const what = `the chain ends here, but had ${missing.seq} entries when it was signed at ${timeOf(missing)}`;
      return { workspace, seq, what };
    }
    for (const { workspace, seq, hash } of heads) {
      const end = this.#ends.get(workspace) ?? START;
      if (end.seq === seq && end.hash === hash) continue;
      const what = end.seq < seq ? `the chain has ${seq} entries, and ends here` : 'the chain ends in another entry';
      return { workspace, seq: end.seq, what };
    }
    return undefined;
  }

  /** How many entries stand behind the last checkpoints: nobody has signed them yet. */
  get unsigned(): number {
    let count = 0;
    for (const [workspace, { seq }] of this.#ends) {
      const signed = this.#checkpoints.get(workspace)?.keys() ?? [];
      count += seq - [...signed].reduce((last, each) => Math.max(last, each), 0);
    }
    return count;
  }
}

type Entry = Readonly<Record<string, unknown>>;

function faultOf(entry: Entry, before: End, text: string): string | undefined {
  try {
    return faultIn(entry, before, text);
  } catch {
    return 'it is no entry: nothing of ours is that deep';
  }
}

function faultIn(entry: Entry, before: End, text: string): string | undefined {
  const { hash, ...content } = entry;
  const { seq, v } = content;
  if (seq !== before.seq + 1) return `entry ${String(seq)} stands where ${before.seq + 1} belongs`;
  if (content['prev'] !== before.hash) return 'it does not go on from the entry before';
  if (v === undefined && before.isSecond) return 'it has a form that was given up before it';
  if (v !== undefined && v !== 2) return 'it was written by a newer version, verify it with that';
  const isWhole = v === 2 ? hashOf(content, before.hash) === hash : firstHashOf(content) === hash;
  // Another text of the same value would be found by no hash.
  const isAsWritten = (v === 2 ? canonicalJson(entry) : JSON.stringify(entry)) === text;
  return isWhole && isAsWritten ? undefined : 'it is not what its hash was made of';
}

function timeOf({ atMs }: KnownCheckpoint): string {
  return new Date(atMs).toISOString();
}
