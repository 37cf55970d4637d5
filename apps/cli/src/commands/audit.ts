import { createReadStream, existsSync } from 'node:fs';
import { exportedAudit, verifyExport } from '@gatehouse/control/audit';
import { CommandFailure } from '../failure.ts';

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
  readonly json: boolean;
}

/** `gatehouse audit verify`: exit code 1 where something was tampered with. */
export async function verify({ file, place, json, print }: VerifyOptions): Promise<void> {
  if (file === undefined) requireStore(place);
  const lines = file === undefined ? exportedAudit(place) : linesOf(file);
  const verdict = await verifyExport(orFailure(lines));
  const { entries, problem, withHeads } = verdict;
  if (json) print(JSON.stringify({ ok: problem === undefined, ...verdict }));
  else if (problem === undefined) {
    print(`${entries} entries are as they were written`);
    if (!withHeads) print('the file does not say where the chains end: what was cut off at the end does not show');
  } else print(`workspace ${problem.workspace || 'of the house'}, entry ${problem.seq}: ${problem.what}`);
  if (problem !== undefined) throw new CommandFailure('', 1);
}

/** A database that is not there would be made. */
function requireStore(place: string): void {
  if (place.includes('://') || existsSync(place)) return;
  throw new CommandFailure(`${place}: there is no store; name its folder with --data, or its --database`);
}

/** Split at line feeds and at nothing else, as it was written: texts hold what other readers take for ends of lines. */
async function* linesOf(file: string): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let rest = '';
  for await (const bytes of createReadStream(file)) {
    const lines = (rest + decoder.decode(bytes, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  rest += decoder.decode();
  if (rest !== '') yield rest;
}

async function* orFailure(lines: AsyncIterable<string>): AsyncGenerator<string> {
  try {
    yield* lines;
  } catch (error) {
    throw new CommandFailure(`the audit cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}
