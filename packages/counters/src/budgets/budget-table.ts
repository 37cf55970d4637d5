import { cell } from '../cells.ts';
import {
  cellsIndex,
  COMMITTED,
  FULL,
  GIVEN_UP,
  HIGH,
  KIND,
  lockIndex,
  LOW,
  RESERVED,
  slotCells,
  WAYS,
  type BudgetMemory,
} from './budget-memory.ts';
import { isForgotten, isKind } from './budget-period.ts';
import type { BudgetPlace } from './budget-place.ts';

/** No slot. */
export const NONE = -1;

const EMPTY = 0;
/** Set in the kind of a way that is being made, together with the maker's lock word. */
const BUSY = -0x8000_0000;
/** The kind of a way whose maker lost the lock half way. Only that maker, if it lives, may free it. */
const LOST = 0x7fff_ffff;

/** Who makes a slot: its lock word, and when. */
export interface Maker {
  readonly held: number;
  readonly nowMs: number;
}

/**
 * Where budgets live in shared memory: like the table of counters, but no period is given up before it is over and
 * nothing is reserved in it. A maker is to hold the bucket's lock. Yet a thread that stands still for 50 ms loses it
 * without knowing, and two slots for one budget would be twice the money, so making a slot is safe without the lock too:
 * a way is claimed first, then the bucket searched again, and everyone spoils the half made ways of others that it sees.
 */
export class BudgetTable {
  readonly ints: Int32Array;
  readonly committed: BigInt64Array;
  readonly #memory: BudgetMemory;
  readonly #cells: Float64Array;
  readonly #slotCells: number;

  constructor(memory: BudgetMemory) {
    this.#memory = memory;
    this.ints = new Int32Array(memory.buffer);
    this.committed = new BigInt64Array(memory.buffer);
    this.#cells = new Float64Array(memory.buffer);
    this.#slotCells = slotCells(memory.owners);
  }

  get buckets(): number {
    return this.#memory.buckets;
  }

  /** Not by the key alone, or all budgets of a key would crowd one bucket. */
  bucketOf({ high, kind }: BudgetPlace): number {
    return ((high ^ Math.imul(kind, 0x9e3779b1)) >>> 0) % this.buckets;
  }

  lockAt(bucket: number): number {
    return lockIndex(this.#memory, bucket);
  }

  /** First cell of the slot for `place`, or NONE. */
  find(bucket: number, place: BudgetPlace): number {
    return this.#search(bucket, place, EMPTY);
  }

  /** The same, but makes the slot when there is none; NONE when the bucket is full. */
  findOrMake(bucket: number, place: BudgetPlace, maker: Maker): number {
    const found = this.find(bucket, place);
    return found === NONE ? this.#make(bucket, place, maker) : found;
  }

  /** First cells of all slots in use. */
  *occupied(bucket: number): Generator<number> {
    for (let way = 0; way < WAYS; way++) if (isKind(this.#kind(bucket, way))) yield this.#slot(bucket, way);
  }

  reservedBy(slot: number, owner: number): number {
    return cell(this.#cells, slot + RESERVED + owner);
  }

  setReserved(slot: number, owner: number, micros: number): void {
    this.#cells[slot + RESERVED + owner] = micros;
  }

  reserved(slot: number): number {
    let sum = 0;
    for (let at = slot + RESERVED; at < slot + this.#slotCells; at++) sum += cell(this.#cells, at);
    return sum;
  }

  #slot(bucket: number, way: number): number {
    return cellsIndex(this.#memory, bucket) + way * this.#slotCells;
  }

  #kind(bucket: number, way: number): number {
    return Atomics.load(this.ints, this.lockAt(bucket) + KIND + way);
  }

  /** The kind is read first because it is written last. */
  #search(bucket: number, place: BudgetPlace, mine: number): number {
    const tags = this.lockAt(bucket);
    for (let way = 0; way < WAYS; way++) {
      let kind = this.#kind(bucket, way);
      while (kind < EMPTY && kind !== mine) kind = this.#spoil(tags + KIND + way, kind);
      if (kind !== place.kind) continue;
      if (this.ints[tags + LOW + way] === place.low && this.ints[tags + HIGH + way] === place.high)
        return this.#slot(bucket, way);
    }
    return NONE;
  }

  /** Says what is there then: its maker may have been quicker. */
  #spoil(kindAt: number, kind: number): number {
    const seen = Atomics.compareExchange(this.ints, kindAt, kind, LOST);
    if (seen !== kind) return seen;
    Atomics.add(this.ints, GIVEN_UP, 1);
    return LOST;
  }

  #make(bucket: number, place: BudgetPlace, { held, nowMs }: Maker): number {
    const kinds = this.lockAt(bucket) + KIND;
    const busy = held | BUSY;
    for (;;) {
      const way = this.#claim(bucket, busy, nowMs);
      if (way === NONE) {
        Atomics.add(this.ints, FULL, 1);
        return NONE;
      }
      const other = this.#search(bucket, place, busy);
      if (other === NONE) {
        this.#fill(bucket, way, place);
        if (Atomics.compareExchange(this.ints, kinds + way, busy, place.kind) === busy) return this.#slot(bucket, way);
      }
      // Ours still, whether it was spoiled or not.
      if (Atomics.exchange(this.ints, kinds + way, EMPTY) === LOST) Atomics.sub(this.ints, GIVEN_UP, 1);
      if (other !== NONE) return other;
    }
  }

  /** An empty way if there is one, so that old periods stay as long as they can should the clock be set back. */
  #claim(bucket: number, busy: number, nowMs: number): number {
    const kinds = this.lockAt(bucket) + KIND;
    for (let way = 0; way < WAYS; way++)
      if (Atomics.compareExchange(this.ints, kinds + way, EMPTY, busy) === EMPTY) return way;
    for (let way = 0; way < WAYS; way++) {
      const kind = this.#kind(bucket, way);
      if (!isKind(kind) || !isForgotten(kind, nowMs) || this.reserved(this.#slot(bucket, way)) > 0) continue;
      if (Atomics.compareExchange(this.ints, kinds + way, kind, busy) === kind) return way;
    }
    return NONE;
  }

  #fill(bucket: number, way: number, place: BudgetPlace): void {
    const tags = this.lockAt(bucket);
    const slot = this.#slot(bucket, way);
    Atomics.store(this.committed, slot + COMMITTED, 0n);
    this.#cells.fill(0, slot + RESERVED, slot + this.#slotCells);
    this.ints[tags + HIGH + way] = place.high;
    this.ints[tags + LOW + way] = place.low;
  }
}
