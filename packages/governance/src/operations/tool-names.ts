const CHARS_MAX = 64;

/** Names of tools: 1 to 64 letters, digits, `_` and `-`, each once. */
export class ToolNames {
  readonly #taken = new Set<string>();
  readonly #counted = new Map<string, number>();

  /** By the operation's id, or else by method and path: `get_users_id`. */
  take(id: string | undefined, { method, path }: { readonly method: string; readonly path: string }): string {
    const base = slug(id ?? '') || slug(`${method} ${path.replaceAll(/[{}]/g, '')}`);
    let number = this.#counted.get(base) ?? 1;
    let name = base;
    while (this.#taken.has(name)) {
      const suffix = `_${++number}`;
      name = base.slice(0, CHARS_MAX - suffix.length) + suffix;
    }
    this.#counted.set(base, number);
    this.#taken.add(name);
    return name;
  }
}

function slug(text: string): string {
  return text
    .slice(0, 500)
    .replaceAll(/[^A-Za-z0-9_-]+/g, '_')
    .replaceAll(/^_+|_+$/g, '')
    .slice(0, CHARS_MAX);
}
