import type { BudgetPlace } from './budget-place.ts';

/** What one budget holds for a call. */
export interface HeldPart {
  readonly place: BudgetPlace;
  readonly micros: number;
}

/** What a call has reserved, until it is settled or released. That works once, so no budget gets room that it has not. */
export class BudgetHold {
  readonly parts: readonly HeldPart[];
  /** Whether the reservations stand in the journal, so that their end must stand there too. */
  readonly journaled: boolean;
  #open = true;

  constructor(parts: readonly HeldPart[], journaled: boolean) {
    this.parts = parts;
    this.journaled = journaled;
  }

  /** Says whether this is the first time. */
  end(): boolean {
    const first = this.#open;
    this.#open = false;
    return first;
  }
}
