import fc from 'fast-check';
import { expect, it } from 'vitest';
import { linesOf } from './lines-of.ts';

async function* pieces(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

async function linesIn(text: string, { size = 7, max }: { readonly size?: number; readonly max?: number } = {}) {
  const lines: string[] = [];
  for await (const line of linesOf(pieces(Buffer.from(text), size), max)) lines.push(line.toString());
  return lines;
}

it('lines are the same wherever pieces end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.string({ unit: 'binary', maxLength: 30 }), { maxLength: 8 }),
      fc.integer({ min: 1, max: 20 }),
      async (given, size) => {
        const lines = given.map((line) => line.replaceAll('\n', ' '));
        const expected = lines.map((line) => Buffer.from(line).toString());
        expect(await linesIn(lines.map((line) => `${line}\n`).join(''), { size })).toEqual(expected);
      },
    ),
  );
});

it('what follows the last end is a line', async () => expect(await linesIn('a\n\nb')).toEqual(['a', '', 'b']));
it('nothing is no line', async () => expect(await linesIn('')).toEqual([]));
it('a line without an end is given up, however small its pieces are', async () => {
  await expect(linesIn('x'.repeat(200), { size: 1, max: 100 })).rejects.toThrow('longer than any');
  expect(await linesIn(`${'x'.repeat(90)}\n`.repeat(9), { size: 1, max: 100 })).toHaveLength(9);
});
