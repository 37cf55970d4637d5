const CHARS_MAX = 200;
const ROOM_FOR_A_NUMBER = 8;

/**
 * Names of documents that Bedrock accepts: letters, digits, single blanks, hyphens, brackets; no name twice,
 * whatever the case. A document without a name gets a neutral one, numbered in the order of the prompt so that a cached prefix stays the same.
 */
export class DocumentNames {
  readonly #used = new Set<string>();

  next(wish: string | undefined): string {
    const legal = (wish ?? '')
      .replace(/[^A-Za-z0-9()[\]-]+/g, ' ')
      .slice(0, CHARS_MAX)
      .trim();
    const name = this.#free(legal === '' ? `document ${this.#used.size + 1}` : legal);
    this.#used.add(name.toLowerCase());
    return name;
  }

  #free(name: string): string {
    let free = name;
    for (let count = 2; this.#used.has(free.toLowerCase()); count++) {
      free = `${name.slice(0, CHARS_MAX - ROOM_FOR_A_NUMBER).trim()} (${count})`;
    }
    return free;
  }
}
