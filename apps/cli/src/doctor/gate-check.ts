import { formatAddress } from '../address.ts';
import { localUrl } from '../local-access.ts';
import { counted, doubtful, fine, reasonOf, wrong, type Verdict } from './finding.ts';
import type { Scene } from './scene.ts';
import { durationText, sizeText } from './sizes.ts';

const ASK_MS = 3000;
/** Batches wait for the disk for a moment each; this is more than a second of a busy gate. */
const WAITING_BYTES = 16_777_216;

/** How the gate that runs in the data folder does. */
export async function gateVerdicts({ holder, options }: Scene): Promise<readonly Verdict[]> {
  if (holder === undefined) return [];
  const who = holder.pid === undefined ? 'the gate that runs here' : `the gate that runs here (process ${holder.pid})`;
  const { status, nowMs } = options;
  try {
    const url = localUrl(status);
    const ready = await asked(`${url}/readyz`);
    const phase = ready.text.trim();
    if (phase === 'starting' || phase === 'draining')
      return [doubtful(`${who} is ${phase}; ask again when it is ready`)];
    if (ready.status !== 200)
      return [wrong(`${who}: ${formatAddress(status)} answers ${ready.status} to /readyz; see its log`)];
    return [verdictOn(who, figuresIn((await asked(`${url}/metrics`)).text), nowMs())];
  } catch (error) {
    const why = error instanceof Error && error.name === 'TimeoutError' ? 'within 3 s' : `(${causeOf(error)})`;
    return [
      doubtful(
        `${who} does not answer at ${formatAddress(status)} ${why}; give the --status that it was started with, or see its log`,
      ),
    ];
  }
}

async function asked(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const reply = await fetch(url, { signal: AbortSignal.timeout(ASK_MS) });
  return { status: reply.status, text: await reply.text() };
}

function causeOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  return cause instanceof Error && 'code' in cause ? String(cause.code) : reasonOf(error);
}

/** Metrics without labels, by name. */
export function figuresIn(text: string): ReadonlyMap<string, number> {
  return new Map(
    Array.from(text.matchAll(/^(\w+) (\S+)$/gm), ([, name = '', value]) => [name, Number(value)] as const),
  );
}

function verdictOn(who: string, figures: ReadonlyMap<string, number>, nowMs: number): Verdict {
  const started = figures.get('process_start_time_seconds');
  const since = started === undefined ? '' : ` for ${durationText(Math.max(0, nowMs - started * 1000))}`;
  const waiting = figures.get('gatehouse_recorder_waiting_bytes') ?? 0;
  const restarts = figures.get('gatehouse_worker_restarts_total') ?? 0;
  const lost = figures.get('gatehouse_records_lost_total') ?? 0;
  const workers = counted(figures.get('gatehouse_workers') ?? 0, 'worker');
  const ready = `${who} has been ready${since}, with ${workers}`;
  if (lost > 0) return wrong(`${ready}, but ${counted(lost, 'record')} could not be written; see \`disk\``);
  if (waiting > WAITING_BYTES)
    return doubtful(`${ready}, but ${sizeText(waiting)} of records wait for the disk; see \`disk\``);
  if (restarts > 0) return doubtful(`${ready}; ${counted(restarts, 'worker')} had to be replaced, see its log for why`);
  return fine(
    `${ready}; none was replaced, ${waiting === 0 ? 'no records wait' : `${sizeText(waiting)} of records wait`}`,
  );
}
