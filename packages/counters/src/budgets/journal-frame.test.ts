import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callNotes, journalFrames } from '../testing/journal-arbitraries.ts';
import { noteBytes, readNotes, writeNote } from './call-note.ts';
import { frameBytes, readFrames, writeFrame, type JournalFrame, type ReadFrame } from './journal-frame.ts';

const someFrames = fc.array(journalFrames, { minLength: 1, maxLength: 6 });

function written(frames: readonly JournalFrame[]): { readonly bytes: Buffer; readonly ends: readonly number[] } {
  const buffer = Buffer.alloc(frames.reduce((sum, frame) => sum + frameBytes(frame), 0));
  const ends: number[] = [];
  for (const frame of frames) ends.push(writeFrame(buffer, ends.at(-1) ?? 0, frame));
  return { bytes: buffer.subarray(0, ends.at(-1) ?? 0), ends };
}

const plain = ({ entries, notes, head }: ReadFrame): JournalFrame => ({ entries, notes: notes(), head });

describe('frames of a journal', () => {
  it('are read as they were written', () => {
    fc.assert(
      fc.property(someFrames, (frames) => {
        const read = readFrames(written(frames).bytes);
        expect({ ...read, frames: read.frames.map(plain) }).toEqual({ frames, damaged: 0 });
      }),
    );
  });

  it('are read as far as they are whole, wherever the file was cut', () => {
    fc.assert(
      fc.property(someFrames, fc.nat(), (frames, some) => {
        const { bytes, ends } = written(frames);
        const cut = some % bytes.length;
        const whole = ends.filter((end) => end <= cut).length;
        const read = readFrames(bytes.subarray(0, cut));
        expect({ ...read, frames: read.frames.map(plain) }).toEqual({ frames: frames.slice(0, whole), damaged: 0 });
      }),
    );
  });

  it('are read in front of a hole and behind it', () => {
    fc.assert(
      fc.property(someFrames, fc.nat(), fc.nat(7), (frames, some, bit) => {
        const { bytes, ends } = written(frames);
        const at = some % bytes.length;
        bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
        const hit = ends.findIndex((end) => at < end);
        const read = readFrames(bytes);
        expect(read.frames.map(plain)).toEqual(frames.filter((_, index) => index !== hit));
        // The length of the last frame may now say that it goes on behind the end.
        expect(read.damaged).toBeGreaterThanOrEqual(hit === frames.length - 1 ? 0 : 1);
        expect(read.damaged).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('are not found in what is none', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), (noise) => {
        expect(readFrames(Buffer.from(noise)).frames).toEqual([]);
      }),
    );
  });

  it('are not forged by what a note says', () => {
    const [frame] = fc.sample(journalFrames, 1);
    const forged = written(frame === undefined ? [] : [frame]).bytes.toString('latin1');
    const notes = [{ call: 1, final: true, line: `${forged.replaceAll('\n', ' ')}\n` }];
    const head = { writtenMs: 0, finals: 0, recorded: 0, continues: 0 };
    const { bytes } = written([{ entries: [], notes, head }]);
    expect(readFrames(bytes).frames).toHaveLength(1);
  });
});

describe('notes', () => {
  it('are none where they are not whole, and never throw', () => {
    fc.assert(
      fc.property(fc.array(callNotes, { minLength: 1, maxLength: 4 }), fc.nat(), (notes, some) => {
        const bytes = Buffer.alloc(notes.reduce((sum, note) => sum + noteBytes(note), 0));
        const ends: number[] = [];
        for (const note of notes) ends.push(writeNote(bytes, ends.at(-1) ?? 0, note));
        const cut = some % bytes.length;
        const whole = cut === 0 ? 0 : ends.indexOf(cut) + 1;
        const expected = cut === 0 || whole > 0 ? notes.slice(0, whole) : undefined;
        expect(readNotes(bytes.subarray(0, cut))).toEqual(expected);
      }),
    );
    fc.assert(fc.property(fc.uint8Array(), (noise) => void readNotes(Buffer.from(noise))));
  });
});
