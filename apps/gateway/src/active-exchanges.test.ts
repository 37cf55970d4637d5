import { describe, expect, it } from 'vitest';
import { ActiveExchanges, type Linked } from './active-exchanges.ts';

class Item implements Linked<Item> {
  previous: Item | undefined;
  next: Item | undefined;
  readonly name: string;

  constructor(name: string) {
    this.name = name;
  }
}

const names = (list: ActiveExchanges<Item>): string => [...list].map(({ name }) => name).join('');

describe('active exchanges', () => {
  const items = ['a', 'b', 'c'].map((name) => new Item(name));

  it.each([
    [[0, 1, 2], ''],
    [[0], 'cb'],
    [[1], 'ca'],
    [[2], 'ba'],
    [[2, 2, 0], 'b'],
    [[], 'cba'],
  ])('without %j they are "%s"', (removed, left) => {
    const list = new ActiveExchanges<Item>();
    for (const item of items) list.add(item);
    for (const index of removed) {
      const item = items[index];
      if (item !== undefined) list.remove(item);
    }
    expect(names(list)).toBe(left);
    expect(list.count).toBe(left.length);
    for (const item of items) list.remove(item);
    expect(list.count).toBe(0);
  });

  it('may lose members while they are visited', () => {
    const list = new ActiveExchanges<Item>();
    for (const item of items) list.add(item);
    for (const item of list) list.remove(item);
    expect(names(list)).toBe('');
  });
});
