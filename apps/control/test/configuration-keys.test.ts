import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callerOf } from './house.ts';
import { openSourceHouse, problemsOf, sha256, told, W, type File, type SourceHouse } from './source-house.ts';

let house: SourceHouse;
beforeEach(async () => {
  house = await openSourceHouse();
});
afterEach(async () => house.test.close());

/** Applications with their keys: name → the key in clear. */
const file = (applications: Readonly<Record<string, Readonly<Record<string, string>>>>): File => ({
  gatehouse: 1,
  applications: Object.fromEntries(
    Object.entries(applications).map(([name, keys]) => [
      name,
      { keys: Object.entries(keys).map(([key, text]) => ({ name: key, sha256: sha256(text) })) },
    ]),
  ),
});
const nameOf = (key: string): unknown => Object(callerOf(house.test.gate, key))['name'];
const revoke = async (name: string): Promise<void> => {
  const { id } = await house.one('credentials', name);
  await house.make(`${W}/credentials/${id}/revoke`, {});
};

describe('a key moves with the file', () => {
  it('to another name', async () => {
    await house.applied(file({ mobile: { a: 'one', b: 'two' } }));
    const planned = await house.plan(file({ mobile: { c: 'one', b: 'two' } }));
    expect([told(planned), problemsOf(planned)]).toEqual([['delete credential a', 'create credential mobile c'], '']);
    await house.applied(file({ mobile: { c: 'one', b: 'two' } }));
    expect([nameOf('one'), nameOf('two')]).toEqual(['mobile', 'mobile']);
    expect(told(await house.plan(file({ mobile: { c: 'one', b: 'two' } })))).toEqual([]);
  });

  it('to another application', async () => {
    await house.applied(file({ mobile: { a: 'one' }, other: { b: 'two' } }));
    await house.applied(file({ mobile: {}, other: { b: 'two', a: 'one' } }));
    expect([nameOf('one'), nameOf('two')]).toEqual(['other', 'other']);
  });

  it('with an application that has another name', async () => {
    await house.applied(file({ mobile: { a: 'one' } }));
    expect(told(await house.applied(file({ phone: { a: 'one' } })))).toEqual([
      'delete credential a',
      'create application phone',
      'create credential phone a',
      'delete application mobile',
    ]);
    expect(nameOf('one')).toBe('phone');
  });

  it('between two names', async () => {
    await house.applied(file({ mobile: { a: 'one' }, other: { a: 'two' } }));
    await house.applied(file({ mobile: { a: 'two' }, other: { a: 'one' } }));
    expect([nameOf('one'), nameOf('two')]).toEqual(['other', 'mobile']);
    expect(told(await house.plan(file({ mobile: { a: 'two' }, other: { a: 'one' } })))).toEqual([]);
  });
});

describe('a key that is not to be had', () => {
  it.each([
    ['because it is another application’s', file({ mobile: { a: 'one' } })],
    ['because it is another application’s, for one that has one', file({ mobile: { a: 'own' } })],
  ])('is told as such, and once: %s', async (_, before) => {
    const made = await house.make(`${W}/applications`, { name: 'people' });
    const { key } = await house.make(`${W}/credentials`, { name: 'theirs', application: made.id });
    if (before !== undefined) await house.applied(before);
    const reply = await house.apply(file({ mobile: { a: key }, more: {} }));
    expect([reply.status, problemsOf(reply)]).toEqual([
      422,
      'applications.mobile.keys[0]: the key is that of another credential already, or was: make a new one',
    ]);
    expect(nameOf(key)).toBe('people');
  });

  it('because it was revoked does not come back under another name', async () => {
    await house.applied(file({ mobile: { a: 'one' } }));
    await revoke('a');
    for (const again of [file({ mobile: { b: 'one' } }), file({ mobile: {}, other: { a: 'one' } })])
      expect(problemsOf(await house.apply(again))).toContain('make a new one');
    await house.applied(file({ mobile: { b: 'two' } }));
    expect(problemsOf(await house.apply(file({ mobile: { b: 'one' } })))).toContain('make a new one');
    expect(nameOf('one')).toBeUndefined();
  });

  it('is said for two in one file', async () => {
    expect(problemsOf(await house.apply(file({ mobile: { a: 'one', b: 'one' } })))).toContain(
      'applications.mobile.keys[1]: ',
    );
  });
});
