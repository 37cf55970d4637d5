/** Something for each list of values, found a value at a time: no key has to be put together for it. */
export class LabelTree<T> {
  #root = new Branch<T>();

  find(values: readonly string[]): T | undefined {
    let branch: Branch<T> | undefined = this.#root;
    for (const value of values) {
      branch = branch.branches?.get(value);
      if (branch === undefined) return undefined;
    }
    return branch.leaf;
  }

  set(values: readonly string[], leaf: T): void {
    let branch = this.#root;
    for (const value of values) {
      branch.branches ??= new Map();
      let next = branch.branches.get(value);
      if (next === undefined) branch.branches.set(value, (next = new Branch<T>()));
      branch = next;
    }
    branch.leaf = leaf;
  }

  clear(): void {
    this.#root = new Branch<T>();
  }
}

class Branch<T> {
  branches: Map<string, Branch<T>> | undefined = undefined;
  leaf: T | undefined = undefined;
}
