import { jsonObject } from '@gatehouse/kernel';
import { canonicalJson } from './canonical-json.ts';
import { isSignedBy, publicJwk, publicKeyOf, type AuditKey, type Checkpoint } from './signing-key.ts';
import { ChainVerifier, type AuditProblem, type KnownHead } from './verify-chain.ts';

export interface AuditVerdict {
  readonly entries: number;
  readonly checkpoints: number;
  /** How many entries stand behind the last checkpoint of their chain. */
  readonly unsigned: number;
  /** Whether the export says where its chains end. */
  readonly withHeads: boolean;
  /** `kid`s of what checkpoints were signed with. */
  readonly keys: readonly string[];
  readonly problem: AuditProblem | undefined;
}

/** What is in an export besides entries, each on a line of its own. */
export type ExportLine =
  /** The first. */
  | { readonly audit: { readonly format: 2; readonly keys: readonly AuditKey[] } }
  /** In front of the entries of its workspace. */
  | { readonly checkpoint: Checkpoint; readonly signature: string }
  /** The last: where all chains end. */
  | { readonly heads: readonly KnownHead[] };

export function exportLine(line: ExportLine): string {
  return canonicalJson(line);
}

export interface Trust {
  /** `x` of keys that are known to be the house's; left out: those that the export itself names. */
  readonly keys?: readonly string[] | undefined;
}

/** Verifies an export, line by line, with nothing but itself and the keys that are trusted. Every byte of it counts. */
export async function verifyExport(
  lines: AsyncIterable<string> | Iterable<string>,
  { keys: trusted }: Trust = {},
): Promise<AuditVerdict> {
  const reader = new ExportReader(trusted);
  let problem: AuditProblem | undefined;
  for await (const line of lines) {
    problem = reader.take(line);
    if (problem !== undefined) break;
  }
  problem ??= reader.end();
  return { ...reader.counts, problem };
}

class ExportReader {
  readonly #chains = new ChainVerifier();
  readonly #keys = new Map<string, NonNullable<ReturnType<typeof publicKeyOf>>>();
  readonly #used = new Set<string>();
  readonly #isTold: boolean;
  #heads: readonly KnownHead[] | undefined;
  #checkpoints = 0;
  #lines = 0;

  constructor(trusted: readonly string[] | undefined) {
    this.#isTold = trusted !== undefined;
    for (const x of trusted ?? []) this.#trust(x);
  }

  #trust(x: string): boolean {
    const key = publicKeyOf(x);
    if (key !== undefined) this.#keys.set(publicJwk(x).kid, key);
    return key !== undefined;
  }

  take(text: string): AuditProblem | undefined {
    this.#lines++;
    if (this.#heads !== undefined) return this.#wrong('it stands behind the end');
    const line = jsonObject(text);
    const read = [...LINES].find(([name]) => line !== undefined && Object.hasOwn(line, name))?.[1];
    if (line === undefined || read === undefined) return this.#chains.take(text);
    if (!isCanonical(line, text)) return this.#wrong('it is not as it was written');
    const what = read(this, line);
    return typeof what === 'string' ? this.#wrong(what) : what;
  }

  #wrong(what: string): AuditProblem {
    return { workspace: '', seq: this.#chains.entries, what: `line ${this.#lines} of the export: ${what}` };
  }

  takeKeys({ audit }: Line): string | undefined {
    if (this.#lines > 1) return 'an export begins here, within another';
    const { format, keys } = membersOf(audit);
    if (format !== 2 || !Array.isArray(keys)) return 'it was written by a newer version, verify it with that';
    for (const key of keys) {
      const x = String(membersOf(key)['x']);
      const isWhole = canonicalJson(key) === canonicalJson(publicJwk(x)) && publicKeyOf(x) !== undefined;
      if (!isWhole) return 'a key is none of Ed25519';
      if (!this.#isTold) this.#trust(x);
    }
    return undefined;
  }

  takeCheckpoint({ checkpoint, signature }: Line): string | AuditProblem | undefined {
    const point = checkpointIn(checkpoint);
    if (point === undefined) return 'it is no checkpoint';
    const { workspace, seq, hash, at, key: kid } = point;
    const key = this.#keys.get(kid);
    if (key === undefined)
      return { workspace, seq, what: `its checkpoint is signed with the key ${kid}, which is none of those trusted` };
    if (!isSignedBy(point, String(signature), key))
      return { workspace, seq, what: 'its checkpoint is not what was signed' };
    this.#used.add(kid);
    this.#checkpoints++;
    this.#chains.expect({ workspace, seq, hash, atMs: at });
    return undefined;
  }

  takeHeads({ heads }: Line): string | undefined {
    if (!Array.isArray(heads)) return 'it does not say where chains end';
    this.#heads = heads.map((head: unknown) => {
      const { workspace, seq, hash } = membersOf(head);
      return { workspace: String(workspace), seq: Number(seq), hash: String(hash) };
    });
    return undefined;
  }

  end(): AuditProblem | undefined {
    const problem = this.#chains.end(this.#heads ?? []);
    if (problem !== undefined || !this.#isTold || this.#checkpoints > 0) return problem;
    return this.#wrong('it ends without a checkpoint, and one by the key given was expected');
  }

  get counts(): Omit<AuditVerdict, 'problem'> {
    const { entries, unsigned } = this.#chains;
    const withHeads = this.#heads !== undefined;
    return { entries, checkpoints: this.#checkpoints, unsigned, withHeads, keys: [...this.#used] };
  }
}

type Line = Readonly<Record<string, unknown>>;

const LINES: ReadonlyMap<string, (reader: ExportReader, line: Line) => string | AuditProblem | undefined> = new Map([
  ['audit', (reader, line) => reader.takeKeys(line)],
  ['checkpoint', (reader, line) => reader.takeCheckpoint(line)],
  ['heads', (reader, line) => reader.takeHeads(line)],
]);

function checkpointIn(value: unknown): Checkpoint | undefined {
  const { workspace, seq, hash, at, key, ...more } = membersOf(value);
  if (Object.keys(more).length > 0 || typeof workspace !== 'string' || typeof hash !== 'string') return undefined;
  if (typeof seq !== 'number' || typeof at !== 'number' || typeof key !== 'string') return undefined;
  return Number.isSafeInteger(at) && Math.abs(at) <= 8.64e15 ? { workspace, seq, hash, at, key } : undefined;
}

/** Exports of the first form wrote heads in an order of their own. */
function isCanonical(line: Line, text: string): boolean {
  try {
    return canonicalJson(line) === text || (Object.hasOwn(line, 'heads') && JSON.stringify(line) === text);
  } catch {
    return false;
  }
}

function membersOf(value: unknown): Line {
  return typeof value === 'object' && value !== null ? Object.fromEntries<unknown>(Object.entries(value)) : {};
}
