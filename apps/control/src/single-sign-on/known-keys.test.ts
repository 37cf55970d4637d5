import { expect, it } from 'vitest';
import { KnownKeys } from './known-keys.ts';

const ISSUER = 'https://a.example';

function counted(fails: () => boolean = () => false) {
  const asked: string[] = [];
  const known = new KnownKeys(async (issuer) => {
    asked.push(issuer);
    if (fails()) throw new Error('it cannot be reached');
    return Promise.resolve([{ kty: 'EC', kid: String(asked.length) }]);
  });
  return { asked, known };
}

it('asks once for many at once, and again when what it knows is old', async () => {
  const { asked, known } = counted();
  const kidOf = async (nowMs: number, ageMs = 10_000) => (await known.of(ISSUER, { nowMs, ageMs }))[0]?.['kid'];
  expect(await Promise.all(Array.from({ length: 50 }, async () => kidOf(0)))).toEqual(Array(50).fill('1'));
  expect(await kidOf(9_999)).toBe('1');
  expect(await kidOf(10_000)).toBe('2');
  expect(await kidOf(10_999, 1_000)).toBe('2');
  expect(await kidOf(11_000, 1_000)).toBe('3');
  expect(asked).toHaveLength(3);
});

it('forgets a failure, and tells it to all who waited for it', async () => {
  let isDown = true;
  const { asked, known } = counted(() => isDown);
  const of = async () => known.of(ISSUER, { nowMs: 0, ageMs: 10_000 });
  const both = await Promise.allSettled([of(), of()]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  isDown = false;
  expect(await of()).toHaveLength(1);
  expect(asked).toHaveLength(2);
});

it('keeps a hundred, those asked for last', async () => {
  const { asked, known } = counted();
  const of = async (n: number) => known.of(`https://${n}.example`, { nowMs: 0, ageMs: 1 });
  for (let n = 0; n <= 100; n++) await of(n);
  await of(100);
  expect(asked).toHaveLength(101);
  await of(0);
  expect(asked).toHaveLength(102);
});
