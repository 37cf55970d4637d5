import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cipher } from '../cipher.ts';
import { auditEntry, GENESIS } from './audit-entry.ts';
import { canonicalJson } from './canonical-json.ts';
import { auditKey, signed, type Checkpoint } from './signing-key.ts';
import { exportLine, verifyExport } from './verify-export.ts';

const CIPHER = new Cipher(Buffer.alloc(32, 7));
const OTHER = new Cipher(Buffer.alloc(32, 8));
const KEY = auditKey(CIPHER);

interface Head {
  readonly workspace: string;
  readonly seq: number;
  readonly hash: string;
}

const FACTS = { actor: { kind: 'user', id: 'user_1' }, requestId: 'r', action: 'api.update', reason: undefined };

function entriesOf(values: readonly unknown[], workspace: string, start?: Head): { entries: string[]; heads: Head[] } {
  const entries: string[] = [];
  const heads: Head[] = start === undefined ? [] : [start];
  for (const [index, value] of values.entries()) {
    const entity = { kind: 'api', id: `api_${index}` };
    const row = auditEntry(heads.at(-1), { ...FACTS, workspace, atMs: index, entity, change: { after: { value } } });
    heads.push({ workspace, seq: row.seq, hash: row.hash });
    entries.push(row.entry);
  }
  return { entries, heads };
}

function checkpointLine({ workspace, seq, hash }: Head, cipher = CIPHER): string {
  const checkpoint: Checkpoint = { workspace, seq, hash, at: 1.8e12, key: auditKey(cipher).kid };
  return exportLine({ checkpoint, signature: signed(checkpoint, cipher) });
}

/** Of two workspaces, each with a checkpoint in its middle. */
function exportOf(values: readonly unknown[]): string[] {
  const chains = ['', 'ws_1'].map((workspace) => entriesOf(values, workspace));
  const lines = chains.flatMap(({ entries, heads }) => {
    const middle = heads[Math.floor(heads.length / 2)];
    return [...(middle === undefined ? [] : [checkpointLine(middle)]), ...entries];
  });
  const heads = chains.flatMap((chain) => chain.heads.slice(-1));
  return [exportLine({ audit: { format: 2, keys: [KEY] } }), ...lines, exportLine({ heads })];
}

const problemOf = async (lines: readonly string[], keys?: readonly string[]) =>
  (await verifyExport(lines, { keys })).problem;
const exports = fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 2, maxLength: 10 }).map(exportOf);

describe('an export of an audit', () => {
  it('is whole as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(exports, async (lines) => {
        const verdict = await verifyExport(lines, { keys: [KEY.x] });
        const entries = lines.length - 4;
        expect(verdict).toMatchObject({
          entries,
          checkpoints: 2,
          withHeads: true,
          keys: [KEY.kid],
          problem: undefined,
        });
      }),
    );
  });

  it('shows that any byte of it is another', async () => {
    const text = `${exportOf(['a', { b: 'Zoë \u2028', c: [1.5, null] }, '\u{1f512}']).join('\n')}\n`;
    const bytes = Buffer.from(text);
    const found = async (at: number, byte: number): Promise<boolean> => {
      const changed = Buffer.from(bytes);
      changed[at] = byte;
      const lines = changed.toString('utf8').split('\n');
      if (lines.at(-1) === '') lines.pop();
      return (await problemOf(lines)) !== undefined;
    };
    const missed: number[] = [];
    for (let at = 0; at < bytes.length; at++) if (!(await found(at, (bytes[at] ?? 0) ^ 1))) missed.push(at);
    expect(missed).toEqual([]);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(255), async (at, byte) => {
        fc.pre(bytes[at] !== byte);
        expect(await found(at, byte)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  }, 60_000);

  it('shows that a line of an entry is taken out, put in twice, moved, or empty', async () => {
    await fc.assert(
      fc.asyncProperty(exports, fc.nat(), async (lines, number) => {
        const entries = lines.flatMap((line, at) => (line.includes('"action"') ? [at] : []));
        const at = entries[number % entries.length] ?? 0;
        const line = lines[at] ?? '';
        for (const tampered of [
          lines.toSpliced(at, 1),
          lines.toSpliced(at, 0, line),
          lines.with(at, ''),
          lines.toSpliced(at, 0, ''),
        ])
          expect(await problemOf(tampered)).toBeDefined();
      }),
    );
  });

  it('takes only texts that are as they were written, not others of the same value', async () => {
    const lines = exportOf([1, 2]);
    for (const [at, line] of lines.entries()) {
      expect(await problemOf(lines.with(at, line.replace(':', ': ')))).toBeDefined();
      expect(await problemOf(lines.with(at, `${line} `))).toBeDefined();
    }
  });

  const garbage = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constantFrom(
      'null',
      '[]',
      '{"__proto__":1}',
      '{"heads":1}',
      '{"heads":[null]}',
      '{"audit":null}',
      '['.repeat(200_000),
    ),
    fc.constantFrom(
      `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
      '{"checkpoint":{},"signature":[]}',
      '{"checkpoint":null}',
    ),
  );

  it('is garbage where it is garbage, and that is all that happens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(garbage, { minLength: 1, maxLength: 5 }), async (lines) => {
        fc.pre(!lines.every((line) => line.startsWith('{"heads":[')));
        expect(await problemOf(lines)).toBeDefined();
      }),
    );
  });
});

describe('checkpoints', () => {
  const values = [1, 2, 3, 4, 5, 6];
  const { entries, heads } = entriesOf(values, 'w');
  const [header, signedAt4] = [
    exportLine({ audit: { format: 2, keys: [KEY] } }),
    checkpointLine(heads[3] ?? { workspace: '', seq: 0, hash: '' }),
  ];
  const headsLine = (list: readonly Head[]): string => exportLine({ heads: list.slice(-1) });

  it('let pass what goes on behind them, and say how much of it nobody has signed', async () => {
    const verdict = await verifyExport([header, signedAt4, ...entries, headsLine(heads)]);
    expect(verdict).toEqual({
      entries: 6,
      checkpoints: 1,
      unsigned: 2,
      withHeads: true,
      keys: [KEY.kid],
      problem: undefined,
    });
  });

  it('show a chain that was computed from scratch, and where', async () => {
    const forged = entriesOf([1, 2, 'forged', 4, 5, 6], 'w');
    expect(await problemOf([header, signedAt4, ...forged.entries, headsLine(forged.heads)])).toEqual({
      workspace: 'w',
      seq: 4,
      what: 'it is not the entry that was signed at 2027-01-15T08:00:00.000Z: the chain up to here was written anew',
    });
  });

  it('show a chain that was cut off behind them, and where', async () => {
    expect(await problemOf([header, signedAt4, ...entries.slice(0, 3), headsLine(heads.slice(0, 3))])).toEqual({
      workspace: 'w',
      seq: 3,
      what: 'the chain ends here, but had 4 entries when it was signed at 2027-01-15T08:00:00.000Z',
    });
    const gone = await problemOf([header, signedAt4, headsLine([])]);
    expect(gone).toMatchObject({ workspace: 'w', seq: 0, what: expect.stringContaining('had 4 entries') });
  });

  it('do not show what was written anew behind the last of them: that is what the next one is for', async () => {
    const forged = entriesOf(['forged', 6], 'w', heads[3]);
    const lines = [header, signedAt4, ...entries.slice(0, 4), ...forged.entries, headsLine(forged.heads)];
    expect(await verifyExport(lines)).toMatchObject({ unsigned: 2, problem: undefined });
  });

  it('of a forger are found by whoever knows the key', async () => {
    const forged = entriesOf(['forged'], 'w');
    const head = forged.heads[0] ?? { workspace: '', seq: 0, hash: '' };
    const lines = [
      exportLine({ audit: { format: 2, keys: [auditKey(OTHER)] } }),
      checkpointLine(head, OTHER),
      ...forged.entries,
      headsLine(forged.heads),
    ];
    expect(await problemOf(lines)).toBeUndefined();
    expect((await problemOf(lines, [KEY.x]))?.what).toContain('none of those trusted');
    expect(await problemOf(lines, [KEY.x, auditKey(OTHER).x])).toBeUndefined();
    expect((await problemOf(lines.toSpliced(1, 1), [KEY.x]))?.what).toContain('without a checkpoint');
  });

  it('are of one workspace, one number, one time', async () => {
    const [point] = [signedAt4];
    for (const [old, now] of [
      ['"w"', '"v"'],
      ['"seq":4', '"seq":5'],
      ['1800000000000', '1800000000001'],
    ] as const) {
      const tampered = [header, point.replace(old, now), ...entries, headsLine(heads)];
      expect((await problemOf(tampered))?.what).toContain('not what was signed');
    }
  });
});

describe('entries as they were written at first', () => {
  const first = (seq: number, prev: string): { readonly entry: string; readonly hash: string } => {
    const change = { before: null, after: { b: 1, a: 'Zoë' } };
    const content = { seq, workspace: 'w', at: seq, action: 'api.create', change, reason: null, prev };
    const hash = createHash('sha256').update(canonicalJson(content)).digest('hex');
    return { entry: JSON.stringify({ ...content, hash }), hash };
  };
  const [one, two] = [first(1, GENESIS), first(2, first(1, GENESIS).hash)];
  const head = { workspace: 'w', seq: 2, hash: two.hash };
  const next = entriesOf([3], 'w', head);

  it('are verified, and gone on from', async () => {
    const lines = [one.entry, two.entry, ...next.entries, exportLine({ heads: next.heads.slice(-1) })];
    expect(await verifyExport(lines)).toMatchObject({ entries: 3, problem: undefined });
    expect(await problemOf([one.entry, two.entry, JSON.stringify({ heads: [head] })])).toBeUndefined();
    expect((await problemOf(lines.with(1, two.entry.replace('Zoë', 'Zoé'))))?.what).toContain('not what its hash');
    expect((await problemOf(lines.with(1, two.entry.replace('Zoë', String.raw`Zo\u00eb`))))?.what).toContain(
      'not what its hash',
    );
  });

  it('do not come behind others', async () => {
    const late = first(4, next.heads.at(-1)?.hash ?? '');
    expect((await problemOf([one.entry, two.entry, ...next.entries, late.entry]))?.what).toContain(
      'given up before it',
    );
  });
});
