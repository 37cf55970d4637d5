import { MessageChannel } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { isAck, isBatch, isFromRecorder, isSettings, isToRecorder } from './protocol.ts';

const NOTHING: readonly unknown[] = [undefined, null, 0, 'x', [], {}, { kind: 'other' }, () => 1];

describe('the guards of the protocol', () => {
  for (const [name, guard] of Object.entries({ isAck, isBatch, isFromRecorder, isSettings, isToRecorder })) {
    it(`${name} refuses what is nothing of the kind`, () => {
      for (const value of NOTHING) expect(guard(value)).toBe(false);
    });
  }

  it('isBatch takes memory and a count, and nothing less', () => {
    const batch = new ArrayBuffer(3);
    expect(isBatch({ batch, count: 1, again: false })).toBe(true);
    expect(isBatch({ batch, again: false })).toBe(false);
    expect(isBatch({ batch, count: 1 })).toBe(false);
    expect(isBatch({ batch: new Uint8Array(3), count: 1, again: false })).toBe(false);
    expect(isBatch({ batch, count: 0.5, again: true })).toBe(false);
  });

  it('isAck takes a number of bytes', () => {
    expect(isAck({ bytes: 5 })).toBe(true);
    expect(isAck({ bytes: '5' })).toBe(false);
  });

  it('isToRecorder takes a port only with a port', () => {
    const { port1 } = new MessageChannel();
    onTestFinished(() => port1.close());
    expect(isToRecorder({ kind: 'port', port: port1 })).toBe(true);
    expect(isToRecorder({ kind: 'port', port: {} })).toBe(false);
    expect(isToRecorder({ kind: 'close' })).toBe(true);
    expect(isToRecorder({ kind: 'protect', sequence: undefined })).toBe(true);
  });

  it('isFromRecorder takes the three messages', () => {
    for (const kind of ['open', 'refused', 'stats']) expect(isFromRecorder({ kind })).toBe(true);
  });

  it('isSettings takes a folder, an owner and limits', () => {
    expect(isSettings({ dir: 'd', owner: 'o', spool: {}, retryMs: 1, syncMs: 1 })).toBe(true);
    expect(isSettings({ dir: 'd', spool: {} })).toBe(false);
    expect(isSettings({ dir: 'd', owner: 'o' })).toBe(false);
  });
});
