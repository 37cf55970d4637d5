import { createReadStream } from 'node:fs';
import { storedAudit, takenAudit, verifyExport, type AuditVerdict } from '@gatehouse/control/audit';
import { CommandFailure } from '../failure.ts';
import { linesIn } from '../lines-in.ts';
import { requireStore } from '../require-store.ts';

export interface AuditOptions {
  /** A file of SQLite, or `postgres://…`. */
  readonly place: string;
  readonly print: (line: string) => void;
}

/** `gatehouse audit export`: every entry a line, and a last one that says where the chains end. */
export async function exportAudit({ place, print }: AuditOptions): Promise<void> {
  requireStore(place);
  for await (const line of orFailure(takenAudit(place))) print(line);
}

export interface VerifyOptions extends AuditOptions {
  /** An export; undefined: the store itself. */
  readonly file: string | undefined;
  /** Of the house, as `x` of its JWK; empty: what the export says it is. */
  readonly keys: readonly string[];
  readonly json: boolean;
}

/** `gatehouse audit verify`: exit code 1 where something was tampered with. */
export async function verify({ file, place, keys, json, print }: VerifyOptions): Promise<void> {
  if (file === undefined) requireStore(place);
  const lines = file === undefined ? storedAudit(place) : linesIn(createReadStream(file));
  const wrong = keys.find((key) => !KEY.test(key));
  if (wrong !== undefined)
    throw new CommandFailure(`--key ${wrong}: a key is 43 letters, the x of GET /api/v1/audit/key`);
  const verdict = await verifyExport(orFailure(lines), { keys: keys.length > 0 ? keys : undefined });
  const { problem } = verdict;
  if (json) print(JSON.stringify({ ok: problem === undefined, ...verdict }));
  else for (const line of toldOf(verdict, keys.length > 0)) print(line);
  if (problem !== undefined) throw new CommandFailure('', 1);
}

const KEY = /^[A-Za-z0-9_-]{43}$/;

function toldOf(verdict: AuditVerdict, isKeyKnown: boolean): readonly string[] {
  const { entries, checkpoints, unsigned, withHeads, keys, problem } = verdict;
  if (problem !== undefined) {
    return [`workspace ${problem.workspace || 'of the house'}, entry ${problem.seq}: ${problem.what}`];
  }
  return [
    `${entries} entries are as they were written, ${checkpoints} signed checkpoints, ${unsigned} entries behind the last of them`,
    ...(withHeads ? [] : ['the file does not say where the chains end: what was cut off at the end does not show']),
    ...(isKeyKnown || keys.length === 0
      ? []
      : [`signed with the key ${keys.join(', ')}; --key says that it is the one you know`]),
  ];
}

async function* orFailure(lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    throw new CommandFailure(`the audit cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
