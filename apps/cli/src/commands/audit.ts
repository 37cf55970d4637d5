import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';
import { exportedAudit, fingerprintOf, verifyAudit } from '@gatehouse/control/audit';
import { CommandFailure } from '../failure.ts';
import { requireStore } from '../require-store.ts';

export interface AuditOptions {
  /** A file of SQLite, or `postgres://…`. */
  readonly place: string;
  readonly print: (line: string) => void;
}

/** `gatehouse audit export`: every entry a line, and a last one that says where the chains end. */
export async function exportAudit({ place, print }: AuditOptions): Promise<void> {
  requireStore(place);
  for await (const line of orFailure(exportedAudit(place))) print(line);
}

export interface VerifyOptions extends AuditOptions {
  /** An export; undefined: the store itself. */
  readonly file: string | undefined;
  /** The only key by which checkpoints may be signed. */
  readonly key: string | undefined;
  readonly json: boolean;
}

/** `gatehouse audit verify`: exit code 1 where something was tampered with. */
export async function verify({ file, place, key, json, print }: VerifyOptions): Promise<void> {
  if (file === undefined) requireStore(place);
  const lines = file === undefined ? exportedAudit(place) : linesOf(file);
  const verdict = await verifyAudit(orFailure(lines), key);
  const { entries, checkpoints, keys, problem, withHeads } = verdict;
  if (json) print(JSON.stringify({ ok: problem === undefined, ...verdict }));
  else if (problem === undefined) {
    print(`${entries} entries are as they were written`);
    const signers = keys.map((each) => `${fingerprintOf(each)} (${each})`).join(', ');
    if (checkpoints > 0) print(`${checkpoints} checkpoint${checkpoints === 1 ? '' : 's'}, signed by ${signers}`);
    if (!withHeads) print('the file does not say where the chains end: what was cut off at the end does not show');
  } else print(`workspace ${problem.workspace || 'of the house'}, entry ${problem.seq}: ${problem.what}`);
  if (problem !== undefined) throw new CommandFailure('', 1);
}

async function* linesOf(file: string): AsyncGenerator<string> {
  yield* createInterface({ input: createReadStream(file, 'utf8'), crlfDelay: Infinity });
}

async function* orFailure(lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    throw new CommandFailure(`the audit cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
