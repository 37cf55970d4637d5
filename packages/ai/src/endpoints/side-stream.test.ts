import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SIDE_ROWS } from './side-rows.ts';
import { SideBytes, SideEvents } from './side-stream.ts';

function events(...list: readonly object[]): string {
  return list.map((event) => `event: x\ndata: ${JSON.stringify(event)}\n\n`).join('');
}

function run(text: string, cuts: readonly number[] = []): { out: () => string; stream: SideEvents } {
  const pieces: Buffer[] = [];
  const stream = new SideEvents(SIDE_ROWS.images, (bytes) => pieces.push(Buffer.from(bytes)));
  const body = Buffer.from(text);
  const ends = [...cuts.map((cut) => cut % (body.length + 1)).toSorted((a, b) => a - b), body.length];
  let at = 0;
  for (const end of ends) {
    stream.push(body, at, end);
    at = end;
  }
  return { out: () => Buffer.concat(pieces).toString(), stream };
}

const PARTIAL = { type: 'image_generation.partial_image', b64_json: 'AA==' };
const COMPLETED = {
  type: 'image_generation.completed',
  b64_json: 'AA==',
  usage: { input_tokens: 3, output_tokens: 9 },
};

describe('a stream of events beside chat', () => {
  it('passes as it stands, however it is cut', () => {
    const text = `: keep-alive\n\n${events(PARTIAL, COMPLETED)}`;
    fc.assert(
      fc.property(fc.array(fc.nat(), { maxLength: 8 }), (cuts) => {
        const { out, stream } = run(text, cuts);
        expect(out()).toBe(text);
        expect(stream.end()).toMatchObject({ complete: true, usage: { outputText: 9 }, extras: { outputImage: 9 } });
      }),
    );
  });

  it.each([
    ['image_edit.completed', true],
    ['transcript.text.done', true],
    ['speech.audio.done', true],
    ['transcript.text.delta', false],
    ['response.completed', false],
  ])('is complete with %s: %s', (type, complete) => {
    expect(run(events({ type })).stream.end().complete).toBe(complete);
  });

  it('is complete with the terminator of chat, which some servers send', () => {
    expect(run(`${events(PARTIAL)}data: [DONE]\n\n`).stream.end().complete).toBe(true);
  });

  it('has begun with its first event, not with a comment', () => {
    expect(run(': wait\n\n').stream.tokenSeen).toBe(false);
    expect(run(events(PARTIAL)).stream.tokenSeen).toBe(true);
  });

  it('ends with a failure, which is not shown as it is, and neither is what follows', () => {
    const failure = { type: 'error', error: { message: 'x', code: 'rate_limit_exceeded' } };
    const { out, stream } = run(events(PARTIAL, failure, COMPLETED));
    expect(out()).toBe(events(PARTIAL));
    expect(stream.error).toMatchObject({ kind: 'rate_limited' });
    expect(stream.end().complete).toBe(false);
  });

  it('hides events without data, and the rest of one that broke off', () => {
    const { out, stream } = run(`event: ping\n\n${events(PARTIAL)}event: x\ndata: {"type":"image_gen`);
    expect(stream.end().complete).toBe(false);
    expect(out()).toBe(events(PARTIAL));
  });
});

describe('sound', () => {
  it('passes as it comes, and is none without a byte', () => {
    const pieces: Buffer[] = [];
    const sound = new SideBytes((bytes) => pieces.push(bytes));
    sound.push(Buffer.alloc(0), 0, 0);
    expect([sound.tokenSeen, sound.end().complete]).toEqual([false, false]);
    sound.push(Buffer.from('xabcx'), 1, 4);
    expect([sound.tokenSeen, sound.end().complete]).toEqual([true, true]);
    expect(Buffer.concat(pieces).toString()).toBe('abc');
    expect(sound.end().usage).toBeUndefined();
    expect(sound.fail()).toHaveLength(0);
  });
});
