import { GENESIS, hashOf } from './audit-entry.ts';

/** What is wrong first, and where. */
export interface AuditProblem {
  readonly workspace: string;
  readonly seq: number;
  readonly what: string;
}

export interface AuditVerdict {
  readonly entries: number;
  readonly problem: AuditProblem | undefined;
}

/** Where the chain of a workspace ends, as something else than the entries says it. */
export interface KnownHead {
  readonly workspace: string;
  readonly seq: number;
  readonly hash: string;
}

/**
 * Goes through the entries of an audit, each workspace's in its order, and holds every hash against what it is of. Finds
 * what was changed, taken out, put in or moved; what was cut off at the end only with the heads of the chains, which are asked for when the entries have been read.
 */
export async function verifyChain(
  entries: AsyncIterable<string> | Iterable<string>,
  heads: () => readonly KnownHead[] = () => [],
): Promise<AuditVerdict> {
  const ends = new Map<string, { readonly seq: number; readonly hash: string }>();
  let count = 0;
  for await (const text of entries) {
    count++;
    const entry = entryIn(text);
    const named = entry?.['workspace'];
    const workspace = typeof named === 'string' ? named : '';
    const before = ends.get(workspace) ?? { seq: 0, hash: GENESIS };
    const seq = before.seq + 1;
    const wrong = entry === undefined ? 'it is no entry' : faultOf(entry, { seq, prev: before.hash });
    if (wrong !== undefined) return { entries: count, problem: { workspace, seq, what: wrong } };
    ends.set(workspace, { seq, hash: String(entry?.['hash']) });
  }
  for (const { workspace, seq, hash } of heads()) {
    const end = ends.get(workspace) ?? { seq: 0, hash: GENESIS };
    if (end.seq === seq && end.hash === hash) continue;
    const what = end.seq < seq ? `the chain has ${seq} entries, and ends here` : 'the chain ends in another entry';
    return { entries: count, problem: { workspace, seq: end.seq, what } };
  }
  return { entries: count, problem: undefined };
}

type Entry = Readonly<Record<string, unknown>>;

function faultOf(entry: Entry, expected: { readonly seq: number; readonly prev: string }): string | undefined {
  const { hash, ...content } = entry;
  if (content['seq'] !== expected.seq) return `entry ${String(content['seq'])} stands where ${expected.seq} belongs`;
  if (content['prev'] !== expected.prev) return 'it does not go on from the entry before';
  if (hashOf(content) !== hash) return 'it is not what its hash was made of';
  return undefined;
}

function entryIn(text: string): Entry | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : undefined;
  } catch {
    return undefined;
  }
}
