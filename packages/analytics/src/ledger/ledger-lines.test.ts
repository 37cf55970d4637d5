import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { anchorLine, beginLine, headsLine, ledgerLine, verifyLedgerLines } from './ledger-lines.ts';
import { GENESIS, hashOf, LEDGER_FIELDS, rowText } from './ledger-row.ts';
import type { LedgerHead } from './ledger-verifier.ts';

type Content = readonly [text: string, number: number | null];

/** Of each node a chain, behind an anchor. */
function exportOf(contents: readonly Content[], { from = 0, nodes = ['a', 'b'] } = {}): string[] {
  const heads: LedgerHead[] = [];
  const chains = nodes.flatMap((node) => {
    const anchor = { node, seq: from, hash: from === 0 ? GENESIS : hashOf('older', GENESIS) };
    let { seq, hash } = anchor;
    const lines = contents.map(([text, number]) => {
      const values = Object.entries(LEDGER_FIELDS).map(([name, kind]) => [name, kind === 'text' ? text : number]);
      const row = { ...Object.fromEntries(values), node, seq: ++seq };
      const previous = hash;
      hash = hashOf(rowText(row), previous);
      return ledgerLine({ ...row, previous, hash });
    });
    heads.push({ node, seq, hash });
    return [anchorLine(anchor), ...lines];
  });
  return [beginLine(), ...chains, headsLine(heads)];
}

const content: fc.Arbitrary<Content> = fc.tuple(
  fc.string({ unit: 'binary' }),
  fc.oneof(fc.maxSafeInteger(), fc.constant(null)),
);
const contents = fc.array(content, { minLength: 1, maxLength: 6 });
const FIXED = exportOf([
  ['Zoë \u2028"\\', 1],
  ['', null],
  ['\u{1f512}', -5],
]);

const problemOf = async (lines: readonly string[], kept?: readonly string[]) =>
  (await verifyLedgerLines(lines, kept && { kept })).problem;

describe('an export of a ledger', () => {
  it('is whole as it was written, from its beginning or from an anchor on', async () => {
    await fc.assert(
      fc.asyncProperty(contents, fc.nat(9), async (rows, from) => {
        const verdict = await verifyLedgerLines(exportOf(rows, { from }));
        expect(verdict).toMatchObject({ rows: rows.length * 2, problem: undefined });
        expect(verdict.heads.map(({ seq }) => seq)).toEqual([from + rows.length, from + rows.length]);
      }),
    );
  });

  it('shows that any byte of it is another', async () => {
    const bytes = Buffer.from(FIXED.join('\n'));
    const unseen: string[] = [];
    for (const [at, byte] of bytes.entries()) {
      for (const other of [byte ^ 1, 0x20, 0x0a, 0xff].filter((each) => each !== byte)) {
        const changed = Buffer.from(bytes);
        changed[at] = other;
        if ((await problemOf(changed.toString('utf8').split('\n'))) === undefined) unseen.push(`${at}: ${other}`);
      }
    }
    expect(unseen).toEqual([]);
  });

  it('shows that lines are missing, twice there, or elsewhere', async () => {
    for (const at of FIXED.keys()) {
      expect(await problemOf(FIXED.toSpliced(at, 1)), `without line ${at}`).toBeDefined();
      expect(await problemOf(FIXED.toSpliced(at, 0, FIXED[at] ?? '')), `line ${at} twice`).toBeDefined();
      const moved = FIXED.toSpliced(at, 1).toSpliced((at + 1) % FIXED.length, 0, FIXED[at] ?? '');
      expect(await problemOf(moved), `line ${at} elsewhere`).toBeDefined();
      expect(await problemOf(FIXED.slice(0, at)), `cut before ${at}`).toBeDefined();
    }
  });

  it('shows by a hash that was kept that it was written anew', async () => {
    const [kept = ''] = /[0-9a-f]{64}(?="}]})/.exec(FIXED.at(-1) ?? '') ?? [];
    expect(await problemOf(FIXED, [kept])).toBeUndefined();
    expect((await problemOf(exportOf([['other', 1]]), [kept]))?.what).toContain(kept);
  });

  it('is read or refused, whatever it is', async () => {
    const line = fc.oneof(fc.constantFrom(...FIXED), fc.string(), fc.json(), fc.constant('{"heads":[null]}'));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 8 }), async (lines) => {
        expect(typeof (await verifyLedgerLines(lines)).rows).toBe('number');
      }),
    );
    expect(await problemOf([])).toMatchObject({ what: expect.stringContaining('it was cut off') });
  });
});
