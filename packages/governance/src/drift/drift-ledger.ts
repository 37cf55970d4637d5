import type { Observation } from '@gatehouse/kernel';
import { isValueSegment } from '../inference/path-tree.ts';
import { NO_OPERATION, type LedgerState, type OperationState } from './ledger-state.ts';
import { OperationLedger } from './operation-ledger.ts';
import { ANY } from './where.ts';

const OPERATIONS_MAX = 2000;
const SHADOWS_MAX = 300;
const DOCUMENTS_MAX = 50;
const NOTHING_THERE: ReadonlySet<number> = new Set([404, 405, 501]);

/**
 * Gathers what was observed of one version of an api, in whatever order it comes. Bounded in memory, whatever callers
 * send; `toJSON` and `DriftLedger.of` keep it and take it up again.
 *
 * ```ts
 * const ledger = new DriftLedger();
 * for await (const observation of readObservations(folder)) ledger.add(observation);
 * const report = driftReport(document, ledger.toJSON());
 * ```
 */
export class DriftLedger {
  #samples = 0;
  #fromMs = 0;
  #toMs = 0;
  readonly #documents = new Map<string, number>();
  readonly #operations = new Map<string, OperationLedger>();
  readonly #shadows = new Map<string, OperationLedger>();

  static of(state: LedgerState): DriftLedger {
    const ledger = new DriftLedger();
    ledger.#samples = state.samples;
    ledger.#fromMs = state.fromMs;
    ledger.#toMs = state.toMs;
    for (const [document, count] of Object.entries(state.documents)) ledger.#documents.set(document, count);
    for (const [key, each] of Object.entries(state.operations)) ledger.#operations.set(key, new OperationLedger(each));
    for (const [key, each] of Object.entries(state.shadows)) ledger.#shadows.set(key, new OperationLedger(each));
    return ledger;
  }

  add(observation: Observation): void {
    const { time, document, operation, method, path = '' } = observation;
    this.#fromMs = this.#samples === 0 ? time : Math.min(this.#fromMs, time);
    this.#toMs = Math.max(this.#toMs, time);
    this.#samples++;
    const known = this.#documents.get(document);
    if (known !== undefined || this.#documents.size < DOCUMENTS_MAX) this.#documents.set(document, (known ?? 0) + 1);
    if (operation !== undefined) ledgerIn(this.#operations, operation, OPERATIONS_MAX)?.add(observation);
    else this.#addShadow(`${method} ${plainPath(path)}`, observation);
  }

  /** What is refused may be served by nobody; where something is, it is one of its replies. */
  #addShadow(key: string, observation: Observation): void {
    const { method, status } = observation;
    if (status < 400) this.#shadow(key, method)?.add(observation);
    else if (!NOTHING_THERE.has(status)) this.#shadows.get(key)?.add(observation);
  }

  #shadow(key: string, method: string): OperationLedger | undefined {
    return ledgerIn(this.#shadows, key, SHADOWS_MAX) ?? ledgerIn(this.#shadows, `${method} /${ANY}`, SHADOWS_MAX + 20);
  }

  toJSON(): LedgerState {
    return {
      version: 1,
      samples: this.#samples,
      fromMs: this.#fromMs,
      toMs: this.#toMs,
      documents: Object.fromEntries(this.#documents),
      operations: statesOf(this.#operations),
      shadows: statesOf(this.#shadows),
    };
  }
}

function statesOf(ledgers: ReadonlyMap<string, OperationLedger>): Readonly<Record<string, OperationState>> {
  return Object.fromEntries([...ledgers].map(([key, each]) => [key, each.state()]));
}

function ledgerIn(ledgers: Map<string, OperationLedger>, key: string, most: number): OperationLedger | undefined {
  const known = ledgers.get(key);
  if (known !== undefined || ledgers.size >= most) return known;
  const made = new OperationLedger(NO_OPERATION);
  ledgers.set(key, made);
  return made;
}

/** With a star for each segment that is a value by the looks of it. */
function plainPath(path: string): string {
  return path
    .split('/')
    .map((segment) => (segment !== '' && isValueSegment(segment) ? ANY : segment))
    .join('/');
}
