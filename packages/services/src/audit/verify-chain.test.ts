import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SYSTEM } from '../people/principals.ts';
import { auditEntry } from './audit-entry.ts';
import { verifyChain, type KnownHead } from './verify-chain.ts';

interface Chain {
  readonly entries: readonly string[];
  readonly heads: readonly KnownHead[];
}

/** Entries of two workspaces, in turn. */
function chainOf(values: readonly unknown[]): Chain {
  const heads = new Map<string, KnownHead>();
  const entries = values.map((after, index) => {
    const workspace = index % 3 === 0 ? 'a' : 'b';
    const entity = { kind: 'api', id: `api_${index}` };
    const facts = { principal: SYSTEM, requestId: 'r', action: 'api.update', before: null, reason: undefined };
    const row = auditEntry(heads.get(workspace), { ...facts, workspace, atMs: index, entity, after });
    heads.set(workspace, { workspace, seq: row.seq, hash: row.hash });
    return row.entry;
  });
  return { entries, heads: [...heads.values()] };
}

const chains = fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 2, maxLength: 30 }).map(chainOf);
const at = (chain: Chain, position: number): number => position % chain.entries.length;

describe('an audit', () => {
  it('is whole as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(chains, async ({ entries, heads }) => {
        expect(await verifyChain(entries, () => heads)).toEqual({ entries: entries.length, problem: undefined });
      }),
    );
  });

  const tampers: Readonly<Record<string, (entries: readonly string[], i: number) => readonly string[]>> = {
    changed: (entries, i) => entries.with(i, (entries[i] ?? '').replace('api.update', 'api.create')),
    'without its hash': (entries, i) => entries.with(i, (entries[i] ?? '').replace(/,"hash":"[^"]*"/, '')),
    'no JSON': (entries, i) => entries.with(i, '{'),
    'taken out': (entries, i) => entries.toSpliced(i, 1),
    'put in twice': (entries, i) => entries.toSpliced(i, 0, entries[i] ?? ''),
  };
  for (const [name, tamper] of Object.entries(tampers)) {
    it(`shows that an entry is ${name}`, async () => {
      await fc.assert(
        fc.asyncProperty(chains, fc.nat(), async (chain, position) => {
          const tampered = tamper(chain.entries, at(chain, position));
          expect((await verifyChain(tampered, () => chain.heads)).problem).toBeDefined();
        }),
      );
    });
  }

  it('shows that its end was cut off, when the heads are known', async () => {
    await fc.assert(
      fc.asyncProperty(chains, fc.nat(), async (chain, position) => {
        const cut = chain.entries.slice(0, at(chain, position));
        expect((await verifyChain(cut, () => chain.heads)).problem?.what).toContain('ends here');
      }),
    );
  });

  it('names the entry', async () => {
    const { entries, heads } = chainOf([1, 2, 3, 4, 5, 6]);
    const changed = entries.with(4, (entries[4] ?? '').replace('"after":5', '"after":6'));
    expect((await verifyChain(changed, () => heads)).problem).toEqual({
      workspace: 'b',
      seq: 3,
      what: 'it is not what its hash was made of',
    });
  });
});
