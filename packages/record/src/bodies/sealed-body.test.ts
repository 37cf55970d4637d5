import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseLine } from '../parse-line.ts';
import { bodyLine, type BodyLine } from './body-line.ts';
import { bodyKey, openBody, sealBody, type CapturedBody } from './sealed-body.ts';

const KEY = bodyKey(new Uint8Array(32).fill(1));
const OTHER = bodyKey(new Uint8Array(32).fill(2));
const PLACE = { id: 'r1', side: 'request' } as const;
const BODY: CapturedBody = { head: { why: 'sampled', headers: [['x-a', 'ü']] }, text: 'one\ntwo €' };

function line(change: Partial<BodyLine> = {}): BodyLine {
  const sealed = sealBody(BODY, PLACE, KEY);
  return {
    body: true,
    ...PLACE,
    time: 5,
    worker: 1,
    type: 'text/plain',
    bytes: 9,
    cut: false,
    key: KEY.id,
    sealed,
    ...change,
  };
}

describe('a sealed body', () => {
  it('is opened by its key', () => {
    expect(openBody(line(), KEY)).toEqual(BODY);
  });

  it('is what was sealed, whatever that is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (text, value) => {
        const body = { head: { why: 'slow', headers: [['a', value]] as const }, text: text.toWellFormed() };
        const written = bodyLine(line({ sealed: sealBody(body, PLACE, KEY) }));
        const read = parseLine(written.trimEnd());
        expect(read?.kind === 'body' && openBody(read.body, KEY)).toEqual(body);
      }),
    );
  });

  it('never looks the same twice', () => {
    const sealed = new Set(Array.from({ length: 100 }, () => sealBody(BODY, PLACE, KEY)));
    expect(sealed.size).toBe(100);
    expect(new Set([...sealed].map((each) => Buffer.from(each, 'base64').toString('hex', 0, 12))).size).toBe(100);
  });

  it('is not opened by another key, whatever that calls itself', () => {
    expect(openBody(line(), OTHER)).toBeUndefined();
    expect(openBody(line({ key: OTHER.id }), OTHER)).toBeUndefined();
    expect(OTHER.id).not.toBe(KEY.id);
  });

  it('belongs to one side of one exchange', () => {
    expect(openBody(line({ id: 'r2' }), KEY)).toBeUndefined();
    expect(openBody(line({ side: 'response' }), KEY)).toBeUndefined();
  });

  it('shows when any bit of it was changed, or any byte is missing', () => {
    const sealed = Buffer.from(line().sealed, 'base64');
    for (let bit = 0; bit < sealed.length * 8; bit++) {
      const changed = Buffer.from(sealed);
      changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      expect(openBody(line({ sealed: changed.toString('base64') }), KEY)).toBeUndefined();
    }
    for (let length = 0; length < sealed.length; length++)
      expect(openBody(line({ sealed: sealed.toString('base64', 0, length) }), KEY)).toBeUndefined();
  });

  it('says nothing of what it holds but its length', () => {
    const text = bodyLine(line());
    expect(text).not.toMatch(/one|two|x-a|sampled/);
    expect(text).toMatch(/^[ -~]+\n$/);
  });
});

describe('the line of a body', () => {
  it('is read as it was written', () => {
    const body = line({ id: 'r"1', type: '' });
    const text = bodyLine(body).trimEnd();
    expect(parseLine(text)).toEqual({ kind: 'body', line: text, body });
  });

  for (const [name, value] of Object.entries(line())) {
    it(`is none without ${name}, or with another type of it`, () => {
      expect(parseLine(JSON.stringify({ ...line(), [name]: undefined }))).toBeUndefined();
      expect(parseLine(JSON.stringify({ ...line(), [name]: typeof value === 'string' ? 1 : 'x' }))).toBeUndefined();
    });
  }
});
