/** A member of the list: its links are the list's alone. */
export interface Linked<T> {
  previous: T | undefined;
  next: T | undefined;
}

/**
 * Exchanges under way, as a list through the exchanges themselves. A `Set` is rehashed every few dozen calls, and each
 * table that it leaves behind in the old generation keeps the exchanges of that moment alive: all of them were promoted.
 */
export class ActiveExchanges<T extends Linked<T>> implements Iterable<T> {
  #first: T | undefined;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(exchange: T): void {
    exchange.next = this.#first;
    if (this.#first !== undefined) this.#first.previous = exchange;
    this.#first = exchange;
    this.#count++;
  }

  /** Nothing happens for one that is not in the list. */
  remove(exchange: T): void {
    const { previous, next } = exchange;
    if (previous === undefined && this.#first !== exchange) return;
    if (previous === undefined) this.#first = next;
    else previous.next = next;
    if (next !== undefined) next.previous = previous;
    exchange.previous = undefined;
    exchange.next = undefined;
    this.#count--;
  }

  /** Members may be removed while they are visited. */
  *[Symbol.iterator](): Generator<T, void> {
    for (let exchange = this.#first; exchange !== undefined;) {
      const { next } = exchange;
      yield exchange;
      exchange = next;
    }
  }
}
