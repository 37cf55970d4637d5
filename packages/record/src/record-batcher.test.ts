import { describe, expect, it } from 'vitest';
import { RecordBatcher } from './record-batcher.ts';
import type { BatcherOptions, SendBatch } from './record-batcher.ts';

interface Sent {
  readonly text: string;
  readonly count: number;
}

function setUp(options: Partial<BatcherOptions> = {}) {
  const clock = { now: 1000 };
  const sent: Sent[] = [];
  const sendTo =
    (target: Sent[]): SendBatch =>
    (bytes, { count }) =>
      void target.push({ text: Buffer.from(bytes).toString('latin1'), count });
  const batcher = new RecordBatcher(sendTo(sent), {
    worker: 3,
    now: () => clock.now,
    batchBytesMax: 20,
    pendingBytesMax: 40,
    lineBytesMax: 30,
    ...options,
  });
  return { clock, sent, batcher, sendTo };
}

const gap = (lost: number, from: number, to: number): string =>
  `{"gap":true,"lost":${lost},"from":${from},"to":${to},"worker":3}\n`;

describe('RecordBatcher', () => {
  it('sends nothing before a tick or a full batch', () => {
    const { batcher, sent } = setUp();
    batcher.add('one\n');
    expect(sent).toEqual([]);
  });

  it('sends what it has at a tick', () => {
    const { batcher, sent } = setUp();
    batcher.add('one\n');
    batcher.add('two\n');
    batcher.tick();
    expect(sent).toEqual([{ text: 'one\ntwo\n', count: 2 }]);
  });

  it('sends nothing at a tick when there is nothing', () => {
    const { batcher, sent } = setUp();
    batcher.tick();
    batcher.add('one\n');
    batcher.tick();
    batcher.tick();
    expect(sent).toHaveLength(1);
  });

  it('sends as soon as a batch is full', () => {
    const { batcher, sent } = setUp();
    batcher.add('123456789\n');
    batcher.add('123456789\n');
    expect(sent).toEqual([{ text: '123456789\n123456789\n', count: 2 }]);
  });

  it('fills batches of 64 KiB unless told otherwise', () => {
    const sizes: number[] = [];
    const batcher = new RecordBatcher((batch) => void sizes.push(batch.length), { worker: 0, now: () => 0 });
    const line = `${'x'.repeat(699)}\n`;
    for (let i = 0; i < 300; i++) batcher.add(line);
    expect(sizes).toEqual([65_800, 65_800, 65_800]);
  });

  it('sends buffers that own their memory, so that they can be transferred', () => {
    const batcher = new RecordBatcher(
      (batch) => {
        expect(batch.buffer.byteLength).toBe(batch.length);
        expect(structuredClone(batch.buffer, { transfer: [batch.buffer] }).byteLength).toBe(4);
        expect(batch.length).toBe(0);
      },
      { worker: 0, now: () => 0 },
    );
    batcher.add('one\n');
    batcher.tick();
    expect.assertions(3);
  });

  it('counts what is sent and not acknowledged', () => {
    const { batcher } = setUp();
    batcher.add('123456789\n');
    expect(batcher.stats()).toEqual({ added: 1, lost: 0, pendingBytes: 0 });
    batcher.tick();
    expect(batcher.stats().pendingBytes).toBe(10);
    batcher.acknowledge(10);
    expect(batcher.stats().pendingBytes).toBe(0);
  });

  it('takes one acknowledgement for several batches', () => {
    const { batcher } = setUp();
    for (const line of ['a\n', 'bb\n', 'ccc\n']) {
      batcher.add(line);
      batcher.tick();
    }
    batcher.acknowledge(5);
    expect(batcher.stats().pendingBytes).toBe(4);
  });

  it('is not confused by an acknowledgement of nothing', () => {
    const { batcher } = setUp();
    batcher.acknowledge(99);
    batcher.add('a\n');
    batcher.tick();
    batcher.acknowledge(1);
    expect(batcher.stats().pendingBytes).toBe(2);
  });
});

describe('RecordBatcher under back-pressure', () => {
  const line = '123456789\n';

  function fill() {
    const all = setUp();
    for (let i = 0; i < 4; i++) all.batcher.add(line);
    expect(all.batcher.stats()).toEqual({ added: 4, lost: 0, pendingBytes: 40 });
    return all;
  }

  it('drops and counts', () => {
    const { batcher, sent } = fill();
    batcher.add(line);
    batcher.tick();
    expect(sent).toHaveLength(2);
    expect(batcher.stats()).toEqual({ added: 4, lost: 1, pendingBytes: 40 });
  });

  it('puts a gap before the next record once there is room', () => {
    const { batcher, sent, clock } = fill();
    batcher.add(line);
    clock.now = 1500;
    batcher.add(line);
    clock.now = 2000;
    batcher.acknowledge(20);
    batcher.add(line);
    expect(sent[2]).toEqual({ text: gap(2, 1000, 1500) + line, count: 2 });
  });

  it('tells of a gap at the next tick when no record comes', () => {
    const { batcher, sent } = fill();
    batcher.add(line);
    batcher.acknowledge(20);
    batcher.tick();
    expect(sent[2]).toEqual({ text: gap(1, 1000, 1000), count: 1 });
    batcher.tick();
    expect(sent).toHaveLength(3);
  });

  it('keeps counting while there is no room', () => {
    const { batcher, sent, clock } = fill();
    for (let i = 0; i < 1000; i++) {
      clock.now++;
      batcher.add(line);
      batcher.tick();
    }
    expect(sent).toHaveLength(2);
    batcher.acknowledge(40);
    batcher.tick();
    expect(sent[2]?.text).toBe(gap(1000, 1001, 2000));
  });

  it('drops a line that is too long and tells of it', () => {
    const { batcher, sent } = setUp();
    batcher.add(`${'x'.repeat(30)}\n`);
    batcher.add('one\n');
    batcher.tick();
    expect(sent.map(({ text }) => text).join('')).toBe(`${gap(1, 1000, 1000)}one\n`);
  });

  it('accounts for every record, written or lost', () => {
    const { batcher, sent } = setUp();
    for (let i = 0; i < 500; i++) {
      batcher.add(line);
      if (i % 7 === 0) batcher.acknowledge(20);
      if (i % 11 === 0) batcher.tick();
    }
    batcher.acknowledge(1000);
    batcher.tick();
    const lines = sent.flatMap(({ text }) => text.split('\n').filter((part) => part !== ''));
    const gaps = lines.filter((part) => part.startsWith('{')).map((part) => Number(/"lost":(\d+)/.exec(part)?.[1]));
    const written = lines.length - gaps.length;
    expect(written + gaps.reduce((sum, lost) => sum + lost, 0)).toBe(500);
    expect(sent.reduce((sum, { count }) => sum + count, 0)).toBe(lines.length);
    expect(batcher.stats()).toMatchObject({ added: written, lost: 500 - written });
  });
});

describe('RecordBatcher after its recorder died', () => {
  function reconnected() {
    const all = setUp();
    const second: Sent[] = [];
    for (const line of ['a\n', 'b\n', 'c\n']) {
      all.batcher.add(line);
      all.batcher.tick();
    }
    all.batcher.acknowledge(2);
    all.batcher.reconnect(all.sendTo(second));
    return { ...all, second };
  }

  it('sends again what was not acknowledged, in order', () => {
    const { second, batcher } = reconnected();
    expect(second.map(({ text }) => text)).toEqual(['b\n', 'c\n']);
    expect(batcher.stats()).toEqual({ added: 3, lost: 0, pendingBytes: 4 });
  });

  it('says of what it sends again that it does', () => {
    const marks: boolean[] = [];
    const { batcher } = setUp();
    batcher.add('a\n');
    batcher.tick();
    batcher.reconnect((_, { again }) => void marks.push(again));
    batcher.add('b\n');
    batcher.tick();
    expect(marks).toEqual([true, false]);
  });

  it('goes on with what is new', () => {
    const { second, batcher, sent } = reconnected();
    batcher.add('d\n');
    batcher.tick();
    expect(second.map(({ text }) => text)).toEqual(['b\n', 'c\n', 'd\n']);
    expect(sent).toHaveLength(3);
  });

  it('gives up what two recorders did not survive, and tells of it', () => {
    const { batcher, sendTo } = reconnected();
    const third: Sent[] = [];
    batcher.add('d\n');
    batcher.tick();
    batcher.reconnect(sendTo(third));
    expect(third.map(({ text }) => text)).toEqual(['d\n']);
    batcher.tick();
    const told = gap(2, 1000, 1000);
    expect(third[1]?.text).toBe(told);
    expect(batcher.stats()).toMatchObject({ lost: 2, pendingBytes: 2 + told.length });
  });

  it('keeps what it has not sent yet', () => {
    const { batcher, sendTo } = setUp();
    const second: Sent[] = [];
    batcher.add('a\n');
    batcher.reconnect(sendTo(second));
    batcher.tick();
    expect(second).toEqual([{ text: 'a\n', count: 1 }]);
  });

  it('has room again when what was pending is gone', () => {
    const { batcher, sendTo } = setUp();
    for (let i = 0; i < 4; i++) batcher.add('123456789\n');
    batcher.reconnect(sendTo([]));
    expect(batcher.stats().pendingBytes).toBe(40);
    batcher.acknowledge(40);
    batcher.add('x\n');
    expect(batcher.stats().lost).toBe(0);
  });

  it('takes what is worth less than a record while half of the room is free', () => {
    const { batcher, sent } = setUp({ batchBytesMax: 10 });
    expect(batcher.addSpare('123456789\n')).toBe(true);
    expect(batcher.addSpare('123456789\n')).toBe(true);
    expect(batcher.addSpare('1\n')).toBe(false);
    batcher.add('123456789\n');
    batcher.acknowledge(20);
    expect(batcher.addSpare('x'.repeat(31))).toBe(false);
    expect(batcher.addSpare('123456789\n')).toBe(true);
    expect(sent.map(({ count }) => count)).toEqual([1, 1, 1, 1]);
    expect(batcher.stats().lost).toBe(0);
  });

  it('takes nothing of the kind while records are lost', () => {
    const { batcher } = setUp({ batchBytesMax: 10 });
    for (let i = 0; i < 5; i++) batcher.add('123456789\n');
    expect(batcher.stats().lost).toBe(1);
    expect(batcher.addSpare('1\n')).toBe(false);
    expect(batcher.stats().lost).toBe(1);
  });
});

describe('numbers of lines', () => {
  const LINE = '12345678\n';

  it('grow by one, and all up to the last that is acknowledged are written', () => {
    const { batcher } = setUp();
    expect([1, 2, 3, 4].map(() => batcher.add(LINE))).toEqual([1, 2, 3, 4]);
    batcher.tick();
    expect(batcher.written).toBe(0);
    batcher.acknowledge(3 * LINE.length);
    expect(batcher.written).toBe(3);
    batcher.acknowledge(LINE.length);
    expect(batcher.written).toBe(4);
  });

  it('are not given to what is dropped, nor to gaps', () => {
    const { batcher } = setUp({ pendingBytesMax: 400 });
    expect(batcher.add('x'.repeat(31))).toBe(0);
    expect([batcher.add(LINE), batcher.add(LINE)]).toEqual([1, 2]);
    batcher.tick();
    batcher.acknowledge(1000);
    expect(batcher.written).toBe(2);
  });

  it('stay with lines that are sent again, and pass by those that are given up', () => {
    const { batcher, sendTo } = setUp();
    const [first] = [batcher.add(LINE)];
    batcher.tick();
    batcher.reconnect(sendTo([]));
    expect(batcher.written).toBe(0);
    batcher.reconnect(sendTo([]));
    const second = batcher.add(LINE);
    batcher.tick();
    batcher.acknowledge(1000);
    expect([first, second, batcher.written]).toEqual([1, 2, 2]);
  });
});
