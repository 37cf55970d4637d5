import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestHouse, type Reply, type TestHouse } from './house.ts';

let test: TestHouse;
beforeEach(async () => {
  test = await openTestHouse();
});
afterEach(async () => test.close());

/** A document of so many operations, without a word of description. */
function large(operations: number, more = ''): string {
  const paths = Object.fromEntries(
    Array.from({ length: operations }, (_, n) => [
      `/things${n}`,
      { get: { operationId: `listThings${n}`, responses: { 200: { description: 'x'.repeat(60) } } } },
    ]),
  );
  return JSON.stringify({ openapi: '3.1.0', info: { title: `Things${more}`, version: '1.0.0' }, paths });
}

const lint = async (document: string): Promise<Reply> => test.call('POST', '/lint', { body: { document } });

describe('documents that anybody may have judged', () => {
  it('are judged alike whether they are large or small', async () => {
    const [small, big] = [(await lint(large(3))).body, (await lint(large(4000))).body];
    const rulesOf = (body: typeof small): readonly string[] => [
      ...new Set<string>(body['findings'].map(({ rule }: { rule: string }) => rule)),
    ];
    expect(rulesOf(small).length).toBeGreaterThan(0);
    expect(rulesOf(big)).toEqual(expect.arrayContaining(rulesOf(small).slice(0, 1)));
    expect(Object.keys(big)).toEqual(Object.keys(small));
    expect(big['findings']).toHaveLength(1000);
  });

  it('are compared alike whether they are large or small', async () => {
    const compared = async (count: number): Promise<Reply> =>
      test.call('POST', '/breaking', { body: { old: large(count), new: large(count - 1) } });
    for (const count of [3, 4000])
      expect((await compared(count)).body).toMatchObject({ verdict: 'breaking', semver: 'major' });
  });

  it('are told how many changes are left out', async () => {
    const { body } = await test.call('POST', '/breaking', { body: { old: large(1300), new: large(100) } });
    expect([body['changes'].length, body['leftOut']]).toEqual([1000, 200]);
  });

  it('are refused with what is wrong, large or small', async () => {
    const broken = (size: number): string => `openapi: 3.1.0\nx-filler: "${'x'.repeat(size)}"\ninfo: [`;
    for (const size of [10, 300_000]) {
      const { status, body } = await lint(broken(size));
      expect([status, body.code, body.detail]).toEqual([422, 'admin.invalid', expect.stringMatching(/^\d+:\d+: /)]);
    }
    const unknown = await test.call('POST', '/lint', { body: { document: 'x'.repeat(300_000), rules: 1 } });
    expect([unknown.status, unknown.body.code]).toEqual([422, 'admin.invalid']);
  });

  it('do not hold up others when they are large, and wait for each other up to a number', async () => {
    const document = large(1500);
    const begun = performance.now();
    const judged = Array.from({ length: 10 }, async () => lint(document));
    expect((await test.call('GET', '/me')).status).toBe(200);
    const free = performance.now() - begun;
    const statuses = (await Promise.all(judged)).map(({ status }) => status).toSorted((a, b) => a - b);
    expect(statuses).toEqual([...Array<number>(8).fill(200), 429, 429]);
    // One of them alone takes longer.
    expect(free).toBeLessThan((performance.now() - begun) / 8);
  }, 120_000);
});
