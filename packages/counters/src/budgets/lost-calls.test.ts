import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { collectingLog } from '../testing/budget-process.ts';
import { temporaryFolder } from '../testing/temporary-folder.ts';
import { BudgetJournal } from './budget-journal.ts';
import { createBudgetMemory } from './budget-memory.ts';
import { listJournals, readJournal } from './journal-folder.ts';
import { lostCalls, type LostCalls } from './lost-calls.ts';

/** A recorder that takes its time. */
class SlowRecords {
  readonly lines: string[] = [];
  written = 0;

  add(line: string): number {
    return this.lines.push(line);
  }
}

function opened(fileBytesMax = 1e6) {
  const dir = temporaryFolder();
  mkdirSync(dir);
  const records = new SlowRecords();
  const clock = { now: 1000 };
  const memory = createBudgetMemory({ owners: 4, slots: 16 });
  const options = { dir, memory, owner: 3, log: collectingLog(), now: () => clock.now, records, fileBytesMax };
  return { dir, records, clock, journal: new BudgetJournal(options) };
}

function note(journal: BudgetJournal, call: number, { final = false, line = `${call}` } = {}): void {
  expect(journal.append({ entries: [], notes: [{ call, final, line: `${line}\n` }] })).toBe(true);
}

function lostIn(dir: string): LostCalls | undefined {
  return lostCalls(listJournals(dir).map((file) => ({ number: file.number, frames: readJournal(file.path).frames })));
}

describe('lost calls', () => {
  it('are those that are not recorded, each as it was noted last', () => {
    const { dir, journal, records } = opened();
    note(journal, 1, { line: '1 begins' });
    note(journal, 2, { line: '2 begins' });
    note(journal, 3, { line: '3 begins' });
    note(journal, 1, { line: '1 goes on' });
    note(journal, 2, { line: '2 ends', final: true });
    note(journal, 3, { line: '3 ends', final: true });
    expect(records.lines).toEqual(['2 ends\n', '3 ends\n']);
    expect(lostIn(dir)?.lines).toEqual(['2 ends\n', '3 ends\n', '1 goes on\n']);
    records.written = 1;
    journal.mark();
    expect(lostIn(dir)?.lines).toEqual(['3 ends\n', '1 goes on\n']);
  });

  it('are none where there were none, or all are recorded', () => {
    const { dir, journal, records } = opened();
    expect(lostIn(dir)).toBeUndefined();
    note(journal, 1, { final: true });
    records.written = 1;
    journal.mark();
    expect(lostIn(dir)).toBeUndefined();
  });

  it('were recorded after their end was written, or after all else was', () => {
    const { dir, journal, records, clock } = opened();
    note(journal, 1);
    clock.now = 2000;
    note(journal, 2, { final: true });
    clock.now = 3000;
    note(journal, 3, { final: true });
    expect(lostIn(dir)?.sinceMs).toBe(2000);
    records.written = 1;
    clock.now = 4000;
    journal.mark();
    expect(lostIn(dir)?.sinceMs).toBe(3000);
    records.written = 2;
    journal.mark();
    expect(lostIn(dir)).toEqual({ lines: ['1\n'], sinceMs: 4000 });
  });

  it('are marked when there is something to mark, and not again', () => {
    const { dir, journal, records } = opened();
    const size = (): number => listJournals(dir).reduce((sum, file) => sum + readFileSync(file.path).length, 0);
    journal.mark();
    expect(listJournals(dir)).toEqual([]);
    note(journal, 1, { final: true });
    const before = size();
    journal.mark();
    expect(size()).toBe(before);
    records.written = 1;
    journal.mark();
    const marked = size();
    expect(marked).toBeGreaterThan(before);
    journal.mark();
    expect(size()).toBe(marked);
  });

  it('are found behind damage, and no recorded one among them', () => {
    const { dir, journal, records } = opened();
    for (let call = 1; call <= 6; call++) note(journal, call, { final: true, line: `call ${call}` });
    records.written = 4;
    journal.mark();
    const [file] = listJournals(dir);
    const bytes = readFileSync(file?.path ?? '');
    bytes.fill(0x55, bytes.indexOf('call 2'), bytes.indexOf('call 2') + 2);
    writeFileSync(file?.path ?? '', bytes);
    expect(lostIn(dir)?.lines).toEqual(['call 5\n', 'call 6\n']);
  });

  it('are not what a closed journal said before it was opened again', () => {
    const { dir, journal } = opened();
    note(journal, 1);
    journal.close();
    note(journal, 2);
    expect(lostIn(dir)?.lines).toEqual(['1\n', '2\n']);
  });
});

type Step =
  | { readonly do: 'note'; readonly call: number; readonly final: boolean; readonly size: number }
  | { readonly do: 'record'; readonly count: number }
  | { readonly do: 'mark' };

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({ do: fc.constant('note'), call: fc.nat(9), final: fc.boolean(), size: fc.nat(60) }),
    },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('record'), count: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('mark') }) },
  ),
  { maxLength: 60, size: 'max' },
) satisfies fc.Arbitrary<Step[]>;

describe('however files follow each other', () => {
  it('no call that is not recorded is missed, and none that was said to be recorded is found', () => {
    fc.assert(
      fc.property(steps, fc.integer({ min: 1, max: 400 }), (taken, fileBytesMax) => {
        const { dir, journal, records } = opened(fileBytesMax);
        const open = new Map<number, string>();
        const ended = new Map<number, number>();
        let [turn, saidRecorded] = [0, 0];
        for (const step of taken) {
          if (step.do === 'record') records.written = Math.min(records.lines.length, records.written + step.count);
          else if (step.do === 'mark') journal.mark();
          else {
            const line = `${turn++} ${'x'.repeat(step.size)}`;
            const call = step.call + 10 * (ended.get(step.call) ?? 0);
            note(journal, call, { final: step.final, line });
            if (step.final) ended.set(step.call, (ended.get(step.call) ?? 0) + 1);
            if (step.final) open.delete(call);
            else open.set(call, `${line}\n`);
          }
          if (step.do !== 'record' && turn > 0) saidRecorded = records.written;
        }
        const expected = [...records.lines.slice(saidRecorded), ...open.values()];
        expect(lostIn(dir)?.lines.toSorted()).toEqual(expected.length === 0 ? undefined : expected.toSorted());
      }),
      { numRuns: 200 },
    );
  });
});
