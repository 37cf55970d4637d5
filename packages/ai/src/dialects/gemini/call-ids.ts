/** How ids begin that this dialect's callers left out and readers made up: writers of this dialect leave them out too. */
const MADE_UP = 'unnamed_call_';

export function isMadeUpId(id: string): boolean {
  return id.startsWith(MADE_UP);
}

/**
 * Gives calls and their results ids where the caller sent none (reference T7): a result without an id answers the first
 * call of its name that still waits, one without a name the first of all. The same history always gets the same ids.
 */
export class CallIds {
  #waiting: { readonly id: string; readonly name: string }[] = [];
  #made = 0;

  ofCall(id: string | undefined, name: string): string {
    const own = id ?? this.#make();
    this.#waiting.push({ id: own, name });
    return own;
  }

  ofResult(id: string | undefined, name: string): string {
    const byId = this.#waiting.findIndex((call) => call.id === id);
    const at = byId >= 0 ? byId : this.#waiting.findIndex((call) => name === '' || call.name === name);
    const [call] = at >= 0 ? this.#waiting.splice(at, 1) : [];
    // What answers nothing keeps an id that nothing has, and is refused by whoever has to pair it.
    return call?.id ?? id ?? this.#make();
  }

  #make(): string {
    return MADE_UP + String(this.#made++);
  }
}
