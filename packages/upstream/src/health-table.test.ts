import { describe, expect, it } from 'vitest';
import { HEALTH_SLOTS_MAX, HealthTable } from './health-table.ts';

function tableOf(slots: number): HealthTable {
  return new HealthTable(new SharedArrayBuffer((slots + 1) * 4));
}

function keys(...names: readonly string[]): ReadonlySet<string> {
  return new Set(names);
}

describe('the health table', () => {
  it('calls everything healthy at first, also what it does not know', () => {
    const table = new HealthTable();
    const view = table.view(table.assign(keys('a')));
    expect([view.isHealthy('a'), view.isHealthy('b')]).toEqual([true, true]);
  });

  it('shows what is marked to a view over the same memory', () => {
    const table = new HealthTable();
    const slots = table.assign(keys('a', 'b'));
    const worker = new HealthTable(table.buffer).view(slots);
    table.mark('b', false);
    expect([worker.isHealthy('a'), worker.isHealthy('b')]).toEqual([true, false]);
    table.mark('b', true);
    expect(worker.isHealthy('b')).toBe(true);
  });

  it('starts a new generation with each change, and only then', () => {
    const table = new HealthTable();
    const view = table.view(table.assign(keys('a')));
    const before = view.generation();
    table.mark('a', true);
    expect(view.generation()).toBe(before);
    table.mark('a', false);
    table.mark('a', false);
    expect(view.generation()).toBe(before + 1);
  });

  it('keeps slots and verdicts of endpoints that stay', () => {
    const table = new HealthTable();
    const first = table.assign(keys('a', 'b'));
    table.mark('b', false);
    const second = table.assign(keys('b', 'c'));
    expect(second['b']).toBe(first['b']);
    expect(table.view(second).isHealthy('b')).toBe(false);
  });

  it('ignores marks of endpoints that are gone', () => {
    const table = new HealthTable();
    const slots = table.assign(keys('a'));
    table.assign(keys());
    table.mark('a', false);
    expect(table.view(slots).isHealthy('a')).toBe(true);
  });

  it('gives a used slot out again only when no fresh one is left, the longest free first', () => {
    const table = tableOf(3);
    const first = table.assign(keys('a', 'b'));
    table.assign(keys('b'));
    table.assign(keys());
    const fresh = table.assign(keys('c'));
    expect([first['a'], first['b']]).not.toContain(fresh['c']);
    const reused = table.assign(keys('c', 'd', 'e'));
    expect([reused['d'], reused['e']]).toEqual([first['a'], first['b']]);
  });

  it('gives a used slot out healthy', () => {
    const table = tableOf(1);
    table.assign(keys('a'));
    table.mark('a', false);
    const view = table.view(table.assign(keys('b')));
    expect(view.isHealthy('b')).toBe(true);
  });

  it('leaves an older snapshot its last verdict as long as the slot is free', () => {
    const table = new HealthTable();
    const old = table.view(table.assign(keys('a')));
    table.mark('a', false);
    table.assign(keys('b'));
    expect(old.isHealthy('a')).toBe(false);
  });

  it('is full at its limit and changes nothing beyond', () => {
    const table = tableOf(2);
    const slots = table.assign(keys('a', 'b'));
    expect(() => table.assign(keys('c', 'd', 'e'))).toThrow('more than 2 endpoints have health checks');
    expect(table.assign(keys('a', 'b'))).toEqual(slots);
  });

  it('has room for the limit by itself', () => {
    const names = Array.from({ length: HEALTH_SLOTS_MAX }, (_, n) => `endpoint ${n}`);
    expect(Object.keys(new HealthTable().assign(keys(...names)))).toHaveLength(HEALTH_SLOTS_MAX);
  });

  it('goes on for ever with endpoints that come and go', () => {
    const table = tableOf(2);
    for (let n = 0; n < 100; n++) {
      const slots = table.assign(keys(`${n}`, `${n + 1}`));
      expect(new Set(Object.values(slots)).size).toBe(2);
    }
  });
});
