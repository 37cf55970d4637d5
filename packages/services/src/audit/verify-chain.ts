import { isSigned, type Checkpoint } from './audit-signer.ts';
import { GENESIS } from './audit-entry.ts';
import { hashOf } from './canonical.ts';

/** What is wrong first, and where. */
export interface AuditProblem {
  readonly workspace: string;
  readonly seq: number;
  readonly what: string;
}

export interface AuditVerdict {
  readonly entries: number;
  /** Signed ends that the chains go through. */
  readonly checkpoints: number;
  /** By whose key; several after the house has got another secret. */
  readonly keys: readonly string[];
  readonly problem: AuditProblem | undefined;
}

/** Where the chain of a workspace ends, as something else than the entries says it. */
export interface KnownHead {
  readonly workspace: string;
  readonly seq: number;
  readonly hash: string;
}

export interface VerifyInputs {
  /** Where chains end, which is asked for when all has been read. */
  readonly heads?: () => readonly KnownHead[];
  /** The only key by which checkpoints may be signed, as 32 bytes in base64url; undefined: any, which is told. */
  readonly key?: string | undefined;
}

const CHECKPOINT = '{"checkpoint":';

/**
 * Goes through the entries of an audit, each workspace's in its order, and holds every hash against what it is of. Finds
 * what was changed, taken out, put in or moved. Lines of checkpoints stand behind the entry that they are of: a chain that
 * was made anew does not go through them. What was cut off at the end shows by the heads of the chains, or by a
 * checkpoint behind it.
 */
export async function verifyChain(
  lines: AsyncIterable<string> | Iterable<string>,
  { heads = () => [], key }: VerifyInputs = {},
): Promise<AuditVerdict> {
  const ends = new Map<string, End>();
  const keys = new Set<string>();
  let [count, checkpoints] = [0, 0];
  const verdict = (problem?: AuditProblem): AuditVerdict => ({ entries: count, checkpoints, keys: [...keys], problem });
  for await (const text of lines) {
    if (text.startsWith(CHECKPOINT)) {
      const problem = checkpointProblem(text, { ends, key });
      if (typeof problem !== 'string') return verdict(problem);
      keys.add(problem);
      checkpoints++;
      continue;
    }
    count++;
    const entry = entryIn(text);
    const named = entry?.['workspace'];
    const workspace = typeof named === 'string' ? named : '';
    const before = ends.get(workspace) ?? START;
    const seq = before.seq + 1;
    const wrong = entry === undefined ? 'it is no entry' : faultOf(entry, { seq, prev: before.hash });
    if (wrong !== undefined) return verdict({ workspace, seq, what: wrong });
    ends.set(workspace, { seq, hash: String(entry?.['hash']) });
  }
  return verdict(headProblem(heads(), ends));
}

interface End {
  readonly seq: number;
  readonly hash: string;
}

const START: End = { seq: 0, hash: GENESIS };

function headProblem(heads: readonly KnownHead[], ends: ReadonlyMap<string, End>): AuditProblem | undefined {
  for (const { workspace, seq, hash } of heads) {
    const end = ends.get(workspace) ?? START;
    if (end.seq === seq && end.hash === hash) continue;
    const what = end.seq < seq ? `the chain has ${seq} entries, and ends here` : 'the chain ends in another entry';
    return { workspace, seq: end.seq, what };
  }
  return undefined;
}

interface SoFar {
  readonly ends: ReadonlyMap<string, End>;
  readonly key: string | undefined;
}

/** By whose key it is signed, where nothing is wrong with it. */
function checkpointProblem(text: string, { ends, key }: SoFar): AuditProblem | string {
  const checkpoint = checkpointIn(text);
  if (checkpoint === undefined) return { workspace: '', seq: 0, what: 'a checkpoint is none' };
  const { workspace, seq, hash } = checkpoint;
  const end = ends.get(workspace) ?? START;
  if (!isSigned(checkpoint)) return { workspace, seq, what: 'its checkpoint is not signed by the key that it names' };
  if (key !== undefined && checkpoint.key !== key)
    return { workspace, seq, what: 'its checkpoint is signed by another key' };
  if (end.seq !== seq)
    return { workspace, seq: end.seq, what: `a checkpoint is of entry ${seq}, and the chain is at ${end.seq}` };
  if (end.hash !== hash)
    return { workspace, seq, what: 'it is not the entry that was signed: the chain was made anew' };
  return checkpoint.key;
}

function checkpointIn(text: string): Checkpoint | undefined {
  const { checkpoint } = entryIn(text) ?? {};
  if (typeof checkpoint !== 'object' || checkpoint === null) return undefined;
  const { workspace, seq, hash, at, key, signature } = Object.fromEntries<unknown>(Object.entries(checkpoint));
  const texts = [workspace, hash, key, signature];
  if (!texts.every((each) => typeof each === 'string') || typeof seq !== 'number' || typeof at !== 'number')
    return undefined;
  const [w, h, k, s] = texts.map(String);
  return { workspace: w ?? '', seq, hash: h ?? '', at, key: k ?? '', signature: s ?? '' };
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
