import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SseEvent } from './sse-event.ts';
import { SSE_EVENT_BYTES_MAX, SseSplitter } from './sse.ts';

interface Seen {
  readonly kind: string;
  readonly data: string;
  readonly raw: string;
  readonly terminated: boolean;
}

/** All events of a body that arrives in the given chunks. */
function split(...chunks: readonly (string | Buffer)[]): Seen[] {
  const seen: Seen[] = [];
  const splitter = new SseSplitter((event) => seen.push(snapshot(event)));
  for (const chunk of chunks) {
    const copy = Buffer.from(chunk);
    splitter.push(copy);
    copy.fill(0x21); // the caller may reuse its buffer
  }
  splitter.end();
  return seen;
}

function snapshot({ kind, data, raw, terminated }: SseEvent): Seen {
  return { kind, data, raw: raw.toString('latin1'), terminated };
}

const data = (body: string | Buffer): string[] =>
  split(body)
    .filter(({ kind }) => kind === 'data')
    .map((event) => event.data);

const kinds = (body: string): string[] => split(body).map(({ kind }) => kind);

describe('SseSplitter reads the data of', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'an event ended by LF': ['data: a\n\n', ['a']],
    'an event ended by CRLF': ['data: a\r\n\r\n', ['a']],
    'an event ended by CR': ['data: a\r\rdata: b\r\r', ['a', 'b']],
    'an event with mixed line ends': ['data: a\r\n\ndata: b\n\r\ndata: c\r\n\r', ['a', 'b', 'c']],
    'a line without the space behind the colon': ['data:a\n\n', ['a']],
    'a line with two spaces, of which it keeps one': ['data:  a\n\n', [' a']],
    'several lines, joined by LF': ['data: a\ndata: b\r\ndata:\ndata: c\n\n', ['a\nb\n\nc']],
    'a data line without a colon as an empty line': ['data\ndata: b\n\n', ['\nb']],
    'an event with a name': ['event: delta\ndata: a\n\n', ['a']],
    'an event with id and retry': ['id: 1\nretry: 5\ndata: a\n\n', ['a']],
    'an event with a comment in front': [': hi\ndata: a\n\n', ['a']],
    'an event with a comment between its lines': ['data: a\n: hi\ndata: b\n\n', ['a\nb']],
    'events around blank lines': ['\n\ndata: a\n\n\n\ndata: b\n\n', ['a', 'b']],
    'the last event without a blank line': ['data: a\n\ndata: b\n', ['a', 'b']],
    'the last event without any line end': ['data: a\n\ndata: b', ['a', 'b']],
    'a body with a byte order mark': ['\ufeffdata: a\n\ndata: b\n\n', ['a', 'b']],
    'a byte order mark that stands elsewhere as an unknown field': ['data: a\n\n\ufeffdata: b\n\n', ['a']],
    'a field that only begins like data': ['database: a\ndata2: b\n\n', []],
    'a name in capitals as an unknown field': ['DATA: a\n\n', []],
    'text beyond ASCII': ['data: 東京 🏯\n\n', ['東京 🏯']],
    'a value that holds colons and the word data': ['data: data: a: b\n\n', ['data: a: b']],
    nothing: ['', []],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    it(name, () => expect(data(body)).toEqual(expected));
  }
});

describe('SseSplitter tells the kind of', () => {
  const cases: Readonly<Record<string, readonly [string, readonly string[]]>> = {
    'a comment in its own event': [': keep-alive\n\n', ['comment']],
    'blank lines alone': ['\n\r\n', ['comment', 'comment']],
    'an event without data': ['event: ping\n\n', ['empty']],
    'an event whose data is empty': ['data:\n\n', ['empty']],
    'an event whose data is one space': ['data: \n\n', ['empty']],
    'an event of a name and empty data': ['event: ping\ndata\n\n', ['empty']],
    'a byte order mark and a comment': ['\ufeff: hi\n\n', ['comment']],
    'a comment before an event': [': hi\n\ndata: a\n\n', ['comment', 'data']],
  };
  for (const [name, [body, expected]] of Object.entries(cases)) {
    it(name, () => expect(kinds(body)).toEqual(expected));
  }
});

describe('SseSplitter keeps the raw bytes', () => {
  it('of each event with its comments, names and line ends', () => {
    expect(split(': c\r\nevent: x\ndata: a\r\n\r\ndata: b\n\n').map(({ raw }) => raw)).toEqual([
      ': c\r\nevent: x\ndata: a\r\n\r\n',
      'data: b\n\n',
    ]);
  });

  it('and says which event has no blank line', () => {
    expect(split('data: a\n\ndata: b\n').map(({ terminated }) => terminated)).toEqual([true, false]);
    expect(split('data: a\r\n\r').map(({ terminated }) => terminated)).toEqual([true]);
    expect(split('data: a\r\n').map(({ terminated }) => terminated)).toEqual([false]);
  });

  it('of events over several chunks for as long as a slow writer needs them', () => {
    const kept: Buffer[] = [];
    const splitter = new SseSplitter((event) => kept.push(event.raw));
    const texts = Array.from({ length: 20 }, (_, i) => `data: event ${i}\n\n`);
    for (const text of texts) for (const half of [text.slice(0, 5), text.slice(5)]) splitter.push(Buffer.from(half));
    expect(kept.map(String)).toEqual(texts);
  });

  it('and never reads what an earlier event left behind in its buffer', () => {
    for (const rest of ['d', 'dat', 'data', 'data:', 'x', ': c', '\ufeff']) {
      const seen = split('data: {"long":"', 'event"}\n\n', rest).at(-1);
      expect(seen).toEqual({ ...split(rest).at(-1), kind: seen?.kind, raw: Buffer.from(rest).toString('latin1') });
      expect(seen?.data).toBe('');
    }
  });

  it('of a range inside a chunk', () => {
    const seen: string[] = [];
    const splitter = new SseSplitter(({ raw }) => seen.push(raw.toString()));
    splitter.push(Buffer.from('xx\n\ndata: a\n\ndata: b\n\n'), 4, 16);
    splitter.push(Buffer.from('\n\ndata: c\n\n'), 0, 1);
    splitter.end();
    expect(seen).toEqual(['data: a\n\n', 'dat\n']);
  });

  it('without copying an event that lies whole inside a chunk', () => {
    const chunk = Buffer.from('data: a\n\nevent: x\ndata: b\n\n');
    const splitter = new SseSplitter((event) => {
      expect(event.raw.buffer).toBe(chunk.buffer);
      expect(event.dataBytes).toBe(chunk);
    });
    splitter.push(chunk);
    expect.assertions(4);
  });
});

const BODIES: Readonly<Record<string, string>> = {
  LF: '\ufeff: hi\n\ndata: {"a":"é🏯"}\n\nevent: x\ndata: 1\ndata:  2\n\n\nid: 4\n\ndata:\n\ndata: [DONE]\n\n',
  CRLF: ': hi\r\n\r\ndata: {"a":"é🏯"}\r\n\r\nevent: x\r\ndata: 1\r\ndata:  2\r\n\r\n\r\nid: 4\r\n\r\ndata: [DONE]\r\n\r\n',
  CR: ': hi\r\rdata: {"a":"é🏯"}\r\revent: x\rdata: 1\rdata:  2\r\r\rid: 4\r\rdata: [DONE]\r\r',
  mixed: 'data: a\r\n\rdata: b\n\r\n: c\r\r\n\ndata: d\r\ndata: e\r\r\rdata: f',
};

describe('SseSplitter gives the same events', () => {
  for (const [name, body] of Object.entries(BODIES)) {
    const bytes = Buffer.from(body);

    it(`when a body with ${name} line ends is split at every byte`, () => {
      const whole = split(bytes);
      for (let at = 0; at <= bytes.length; at++) {
        expect(split(bytes.subarray(0, at), bytes.subarray(at))).toEqual(whole);
      }
    });

    it(`when a body with ${name} line ends arrives byte by byte, with empty chunks between`, () => {
      const single = Array.from(bytes, (byte) => [Buffer.from([byte]), Buffer.alloc(0)]).flat();
      expect(split(...single)).toEqual(split(bytes));
    });
  }

  it('however any soup of lines is chunked, and their raw bytes join to the body', () => {
    const piece = fc.constantFrom(
      'data: a',
      'data:',
      ': c',
      'event: x',
      '\n',
      '\n',
      '\r',
      '\r\n',
      'é',
      'data: {"a":1}',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 30 }), fc.array(fc.nat({ max: 60 })), (pieces, cuts) => {
        const bytes = Buffer.from(pieces.join(''));
        const places = [0, ...cuts.map((cut) => Math.min(cut, bytes.length)).toSorted((a, b) => a - b), bytes.length];
        const chunks = places.slice(1).map((place, i) => bytes.subarray(places[i], place));
        const whole = split(bytes);
        expect(split(...chunks)).toEqual(whole);
        expect(whole.map(({ raw }) => raw).join('')).toBe(bytes.toString('latin1'));
      }),
      { numRuns: 3000 },
    );
  });
});

describe('SseSplitter bounds', () => {
  it('the size of one event that never ends', () => {
    const splitter = new SseSplitter(() => expect.unreachable());
    const block = Buffer.alloc(1024 * 1024, 'x');
    for (let size = block.length; size <= SSE_EVENT_BYTES_MAX; size += block.length) {
      expect(splitter.push(block)).toBe(true);
    }
    expect(splitter.push(Buffer.from('y'))).toBe(false);
    expect(splitter.push(Buffer.from('\n\ndata: a\n\n'))).toBe(false);
    splitter.end();
  });

  it('the size of one event whose end makes it too large', () => {
    const splitter = new SseSplitter(() => expect.unreachable());
    splitter.push(Buffer.alloc(SSE_EVENT_BYTES_MAX, 'x'));
    expect(splitter.push(Buffer.from('\n\ndata: a\n\n'))).toBe(false);
  });

  it('not the size of the stream', () => {
    let events = 0;
    const splitter = new SseSplitter(() => events++);
    const block = Buffer.from(`data: ${'x'.repeat(3 * 1024 * 1024)}\n\n`);
    for (let i = 0; i < 8; i++) {
      splitter.push(block, 0, 1000);
      splitter.push(block, 1000);
    }
    expect(events).toBe(8);
  });

  it('the time it takes for an event of very many lines', () => {
    let lines = 0;
    const splitter = new SseSplitter((event) => {
      lines = event.data.split('\n').length;
    });
    splitter.push(Buffer.from(`${'data:x\n'.repeat(500_000)}\n`));
    expect(lines).toBe(500_000);
  });
});
