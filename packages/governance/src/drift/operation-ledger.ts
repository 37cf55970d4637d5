import { mergedShape, type Observation, type ObservedFinding } from '@gatehouse/kernel';
import type { CallerState, FindingState, OperationState } from './ledger-state.ts';
import { whereOf, withoutName } from './where.ts';

/** Of one kind on one side: names may be anybody's choice, and must not push out what is found elsewhere. */
const FINDINGS_MAX = 40;
const SEEN_MAX = 2000;
const MIXES_MAX = 200;
const CALLERS_MAX = 50;
const STATUSES_MAX = 60;
/** Of mixes beyond the bound. */
export const OTHER_MIX = '*';

/** What was seen of one operation, in bounded memory. */
export class OperationLedger {
  #samples: number;
  #firstMs: number;
  #lastMs: number;
  readonly #statuses: Map<string, number>;
  readonly #seen: Map<string, readonly [number, number]>;
  readonly #findings: Map<string, FindingState>;
  readonly #mixes: Map<string, number>;
  readonly #callers: Map<string, CallerState>;

  constructor(state: OperationState) {
    this.#samples = state.samples;
    this.#firstMs = state.firstMs;
    this.#lastMs = state.lastMs;
    this.#statuses = new Map(Object.entries(state.statuses));
    this.#seen = new Map(Object.entries(state.seen));
    this.#findings = new Map(state.findings.map((finding) => [keyOf(finding), finding]));
    this.#mixes = new Map(Object.entries(state.mixes));
    this.#callers = new Map(state.callers.map((caller) => [callerKey(caller), caller]));
  }

  add({ time, status, seen, findings, shown, asked, known }: Observation): void {
    this.#firstMs = this.#samples === 0 ? time : Math.min(this.#firstMs, time);
    this.#lastMs = Math.max(this.#lastMs, time);
    this.#samples++;
    count(this.#statuses, String(status), STATUSES_MAX);
    for (const where of seen) this.#see(where, time);
    const numbers = findings.map((finding) => this.#find(finding, time));
    if (numbers.length > 0) this.#mix(numbers);
    this.#call({
      shown: shown.toSorted(),
      asked,
      known,
      statusClass: Math.floor(status / 100),
      isRefused: status === 401 || status === 403,
      count: 0,
    });
  }

  #see(where: string, time: number): void {
    const known = this.#seen.get(where);
    if (known === undefined && this.#seen.size >= SEEN_MAX) return;
    this.#seen.set(where, [(known?.[0] ?? 0) + 1, Math.max(known?.[1] ?? 0, time)]);
  }

  /** Its number. */
  #find(finding: ObservedFinding, time: number): number {
    const told = this.#hasRoom(finding) ? finding : { kind: finding.kind, where: withoutName(finding.where) };
    const key = keyOf(told);
    const known = this.#findings.get(key);
    const shape =
      known?.shape === undefined || told.shape === undefined
        ? (known?.shape ?? told.shape)
        : mergedShape(known.shape, told.shape);
    const number = known?.number ?? this.#findings.size + 1;
    this.#findings.set(key, {
      ...(known ?? told),
      ...(shape !== undefined && { shape }),
      number,
      count: (known?.count ?? 0) + 1,
      firstMs: Math.min(known?.firstMs ?? time, time),
      lastMs: Math.max(known?.lastMs ?? time, time),
    });
    return number;
  }

  #hasRoom(finding: ObservedFinding): boolean {
    if (this.#findings.has(keyOf(finding))) return true;
    const group = groupOf(finding);
    let alike = 0;
    for (const each of this.#findings.values()) if (groupOf(each) === group) alike++;
    return alike < FINDINGS_MAX;
  }

  #mix(numbers: readonly number[]): void {
    const mix = [...new Set(numbers)].toSorted((a, b) => a - b).join(',');
    const isKnown = this.#mixes.has(mix) || this.#mixes.size < MIXES_MAX;
    count(this.#mixes, isKnown ? mix : OTHER_MIX, MIXES_MAX + 1);
  }

  #call(caller: CallerState): void {
    const key = callerKey(caller);
    const known = this.#callers.get(key);
    if (known !== undefined || this.#callers.size < CALLERS_MAX)
      this.#callers.set(key, { ...caller, count: (known?.count ?? 0) + 1 });
  }

  state(): OperationState {
    return {
      samples: this.#samples,
      firstMs: this.#firstMs,
      lastMs: this.#lastMs,
      statuses: Object.fromEntries(this.#statuses),
      seen: Object.fromEntries(this.#seen),
      findings: [...this.#findings.values()],
      mixes: Object.fromEntries(this.#mixes),
      callers: [...this.#callers.values()],
    };
  }
}

function count(counts: Map<string, number>, key: string, most: number): void {
  const known = counts.get(key);
  if (known !== undefined || counts.size < most) counts.set(key, (known ?? 0) + 1);
}

function groupOf({ kind, where }: ObservedFinding): string {
  return `${kind} ${whereOf(where).side}`;
}

function keyOf({ kind, where, rule = '', value = '' }: ObservedFinding): string {
  return `${kind}\n${rule}\n${value}\n${where}`;
}

function callerKey({ shown, asked, known = '', statusClass, isRefused }: CallerState): string {
  return JSON.stringify([shown, asked, known, statusClass, isRefused]);
}
