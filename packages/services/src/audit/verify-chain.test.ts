import type { Statements } from '@gatehouse/store';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cipher } from '../cipher.ts';
import { SYSTEM } from '../people/principals.ts';
import { auditEntry } from './audit-entry.ts';
import { AuditSigner } from './audit-signer.ts';
import { Personal } from './personal.ts';
import { verifyChain, type KnownHead } from './verify-chain.ts';

interface Chain {
  readonly entries: readonly string[];
  readonly heads: readonly KnownHead[];
}

/** Keys of subjects, as a store keeps them. */
function someStatements(): Statements {
  const keys = new Map<string, string>();
  return {
    all: async (_sql, [subject] = []) => {
      const sealed = keys.get(String(subject));
      return Promise.resolve(sealed === undefined ? [] : [{ sealed }]);
    },
    run: async (_sql, [subject, sealed] = []) => {
      keys.set(String(subject), String(sealed));
      return Promise.resolve(1);
    },
  };
}

/** Entries of two workspaces, in turn. */
async function chainOf(values: readonly unknown[]): Promise<Chain> {
  const heads = new Map<string, KnownHead>();
  const personal = new Personal(someStatements(), new Cipher(Buffer.alloc(32, 7)));
  const entries: string[] = [];
  for (const [index, after] of values.entries()) {
    const workspace = index % 3 === 0 ? 'a' : 'b';
    const entity = { kind: 'api', id: `api_${index}` };
    const facts = { principal: SYSTEM, origin: undefined, requestId: 'r', action: 'api.update', reason: undefined };
    const told = { ...facts, workspace, atMs: index, entity, before: undefined, after };
    const row = await auditEntry(heads.get(workspace), told, personal);
    heads.set(workspace, { workspace, seq: row.seq, hash: row.hash });
    entries.push(row.entry);
  }
  return { entries, heads: [...heads.values()] };
}

const SIGNER = new AuditSigner(Buffer.alloc(32, 7));

/** With a checkpoint behind each entry of a position. */
function signed({ entries }: Chain, positions: readonly number[], signer = SIGNER): readonly string[] {
  return entries.flatMap((text, index) => {
    if (!positions.includes(index)) return [text];
    const { workspace, seq, hash } = JSON.parse(text);
    return [text, JSON.stringify({ checkpoint: signer.signed({ workspace, seq, hash, at: 0 }) })];
  });
}

const lists = fc.array(fc.jsonValue({ maxDepth: 3 }), { minLength: 2, maxLength: 30 });
const at = (chain: Chain, position: number): number => position % chain.entries.length;

describe('an audit', () => {
  it('is whole as it was written', async () => {
    await fc.assert(
      fc.asyncProperty(lists, async (list) => {
        const { entries, heads } = await chainOf(list);
        const verdict = { entries: entries.length, checkpoints: 0, keys: [], problem: undefined };
        expect(await verifyChain(entries, { heads: () => heads })).toEqual(verdict);
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
        fc.asyncProperty(lists, fc.nat(), async (list, position) => {
          const chain = await chainOf(list);
          const tampered = tamper(chain.entries, at(chain, position));
          expect((await verifyChain(tampered, { heads: () => chain.heads })).problem).toBeDefined();
        }),
      );
    });
  }

  it('shows that its end was cut off, when the heads are known', async () => {
    await fc.assert(
      fc.asyncProperty(lists, fc.nat(), async (list, position) => {
        const chain = await chainOf(list);
        const cut = chain.entries.slice(0, at(chain, position));
        expect((await verifyChain(cut, { heads: () => chain.heads })).problem?.what).toContain('ends here');
      }),
    );
  });

  it('names the entry', async () => {
    const { entries, heads } = await chainOf([1, 2, 3, 4, 5, 6]);
    const changed = entries.with(4, (entries[4] ?? '').replace('"after":5', '"after":6'));
    expect((await verifyChain(changed, { heads: () => heads })).problem).toEqual({
      workspace: 'b',
      seq: 3,
      what: 'it is not what its hash was made of',
    });
  });

  it('goes through its checkpoints', async () => {
    const chain = await chainOf([1, 2, 3, 4, 5, 6]);
    const verdict = await verifyChain(signed(chain, [2, 5]), { heads: () => chain.heads, key: SIGNER.publicKey });
    expect(verdict).toEqual({ entries: 6, checkpoints: 2, keys: [SIGNER.publicKey], problem: undefined });
  });

  const forger = new AuditSigner(Buffer.alloc(32, 8));
  const forgeries: Readonly<
    Record<string, readonly [(chain: Chain) => readonly string[] | Promise<readonly string[]>, string]>
  > = {
    'was made anew': [
      async (chain) => {
        const anew = await chainOf([1, 2, 3, 4, 'other', 6]);
        return [...anew.entries, ...signed(chain, [5]).slice(-1)];
      },
      'it is not the entry that was signed: the chain was made anew',
    ],
    'was cut off before a checkpoint': [
      (chain) => signed(chain, [5]).toSpliced(4, 2),
      'a checkpoint is of entry 4, and the chain is at 2',
    ],
    'is signed by somebody else': [(chain) => signed(chain, [5], forger), 'its checkpoint is signed by another key'],
    'has a checkpoint that was changed': [
      (chain) => signed(chain, [5]).map((text) => text.replace('"at":0,"key"', '"at":1,"key"')),
      'its checkpoint is not signed by the key that it names',
    ],
    'has a checkpoint that is none': [({ entries }) => [...entries, '{"checkpoint":{}}'], 'a checkpoint is none'],
  };
  it.each(Object.entries(forgeries))('shows that it %s', async (_, [made, what]) => {
    const lines = await made(await chainOf([1, 2, 3, 4, 5, 6]));
    expect((await verifyChain(lines, { key: SIGNER.publicKey })).problem?.what).toBe(what);
  });

  it('is still read where entries hold both sides whole, as they did at first', async () => {
    const first =
      '{"seq":1,"workspace":"w","at":1,"actor":{"kind":"system","id":"system"},"action":"api.create","entity":{"kind":"api","id":"a"},"change":{"before":null,"after":{"id":"a"}},"reason":null,"requestId":"r","prev":"0000000000000000000000000000000000000000000000000000000000000000","hash":"4d5a68a9bf954b338f74947efdb933b0f93d802d929398637f6974cd6cd81d49"}';
    expect((await verifyChain([first])).problem).toBeUndefined();
  });
});
