/** How ids begin that callers left out and the reader made up: this dialect's own writer leaves them out, too. */
const MADE_UP = 'ollama_call_';

export function isMadeUpId(id: string): boolean {
  return id.startsWith(MADE_UP);
}

/**
 * Gives calls and their results ids, which this dialect's callers may leave out (reference T7): a result without one
 * answers the first call of its tool's name that still waits, one without a name the first of all. The same history
 * always gets the same ids.
 */
export class CallIds {
  readonly #waiting: { readonly id: string; readonly name: string }[] = [];
  #made = 0;

  ofCall(id: string | undefined, name: string): string {
    const own = id ?? this.#make();
    this.#waiting.push({ id: own, name });
    return own;
  }

  ofResult(id: string | undefined, name: string | undefined): { readonly id: string; readonly name?: string } {
    const at = this.#waiting.findIndex((call) =>
      id === undefined ? name === undefined || call.name === name : call.id === id,
    );
    const [call] = at < 0 ? [] : this.#waiting.splice(at, 1);
    // What answers nothing keeps an id that nothing has, and is refused by whoever has to pair it.
    return call ?? { id: id ?? this.#make(), ...(name !== undefined && { name }) };
  }

  #make(): string {
    return MADE_UP + String(this.#made++);
  }
}
