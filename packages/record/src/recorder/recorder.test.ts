import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { linesOf, payloadOf, readAll } from '../__fixtures__/spool-files.ts';
import { temporaryFolder } from '../__fixtures__/temporary-folder.ts';
import { writeAt } from '../spool/segment-file.ts';
import { SpoolWriter } from '../spool/spool-writer.ts';
import { Recorder } from './recorder.ts';

function setUp() {
  const dir = temporaryFolder();
  const disk = { full: false };
  const writer = SpoolWriter.open(dir, {
    now: () => 0,
    owner: 'test',
    write: (fd, bytes, offset, position) => {
      if (disk.full) throw new Error('ENOSPC');
      return writeAt(fd, bytes, offset, position);
    },
  });
  const recorder = new Recorder(writer);
  onTestFinished(() => writer.close());
  const connect = (): MessagePort => {
    const { port1, port2 } = new MessageChannel();
    recorder.connect(port2);
    onTestFinished(() => port1.close());
    return port1;
  };
  return { dir, disk, recorder, connect, read: () => linesOf(readAll(dir)) };
}

function send(port: MessagePort, ...lines: readonly string[]): number {
  const bytes = new Uint8Array(payloadOf(...lines));
  port.postMessage({ batch: bytes.buffer, count: lines.length, again: false }, [bytes.buffer]);
  return lines.reduce((sum, line) => sum + line.length + 1, 0);
}

/** The next acknowledgement. */
const acknowledged = async (port: MessagePort): Promise<unknown> => (await once(port, 'message'))[0];
const turn = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

describe('Recorder', () => {
  it('writes a batch before it acknowledges it', async () => {
    const { connect, read } = setUp();
    const port = connect();
    const bytes = send(port, '{"a":1}', '{"a":2}');
    expect(await acknowledged(port)).toEqual({ bytes });
    expect(read()).toEqual(['{"a":1}', '{"a":2}']);
  });

  it('writes the batches of a worker in order', async () => {
    const { connect, read } = setUp();
    const port = connect();
    for (let i = 0; i < 20; i++) send(port, `{"i":${i}}`);
    for (let i = 0; i < 20; i++) await acknowledged(port);
    expect(read()).toEqual(Array.from({ length: 20 }, (_, i) => `{"i":${i}}`));
  });

  it('acknowledges to the worker that sent', async () => {
    const { connect } = setUp();
    const [one, two] = [connect(), connect()];
    const replies = Promise.all([acknowledged(one), acknowledged(two)]);
    const bytes = [send(one, '{"a":1}'), send(two, '{"long":true}')];
    expect(await replies).toEqual(bytes.map((size) => ({ bytes: size })));
  });

  it('throws away what is no batch and goes on', async () => {
    const { connect, read, recorder } = setUp();
    const port = connect();
    for (const junk of [null, 'x', { batch: 'x', count: 1, again: false }, { count: 1 }]) port.postMessage(junk);
    send(port, '{"a":1}');
    await acknowledged(port);
    expect(read()).toEqual(['{"a":1}']);
    expect(recorder.stats()).toMatchObject({ batches: 5, refusedBatches: 4, lost: 0 });
  });

  it('acknowledges and counts a batch that cannot be kept, so that it is not sent again', async () => {
    const { connect, read, recorder } = setUp();
    const port = connect();
    const half = new TextEncoder().encode('{"a":1}\n{"a"');
    port.postMessage({ batch: half.buffer, count: 2, again: false });
    expect(await acknowledged(port)).toEqual({ bytes: half.length });
    expect(read()).toEqual([]);
    expect(recorder.stats()).toMatchObject({ refusedBatches: 1, lost: 2 });
  });
});

describe('Recorder on a full disk', () => {
  it('keeps what it cannot write and acknowledges it once it is written', async () => {
    const { connect, read, recorder, disk } = setUp();
    const port = connect();
    disk.full = true;
    const bytes = [send(port, '{"a":1}'), send(port, '{"a":2}')];
    await turn();
    await turn();
    recorder.pump();
    expect(read()).toEqual([]);
    expect(recorder.stats()).toMatchObject({ waitingBytes: 16, lost: 0 });
    disk.full = false;
    const first = acknowledged(port);
    recorder.pump();
    expect(await first).toEqual({ bytes: bytes[0] });
    expect(read()).toEqual(['{"a":1}', '{"a":2}']);
    expect(recorder.stats().waitingBytes).toBe(0);
  });

  it('does not let a later batch pass an earlier one', async () => {
    const { connect, read, recorder, disk } = setUp();
    const port = connect();
    disk.full = true;
    send(port, '{"a":1}');
    await turn();
    disk.full = false;
    send(port, '{"a":2}');
    await turn();
    recorder.pump();
    expect(read()).toEqual(['{"a":1}', '{"a":2}']);
  });

  it('counts what it could not write before the end', async () => {
    const { connect, recorder, disk } = setUp();
    const port = connect();
    disk.full = true;
    send(port, '{"a":1}', '{"a":2}');
    await turn();
    recorder.close();
    expect(recorder.stats()).toMatchObject({ lost: 2, waitingBytes: 0 });
  });
});

describe('Recorder in the place of one that died', () => {
  /** The one before wrote these batches and did not live to acknowledge the last. */
  function afterDeath(...batches: readonly (readonly string[])[]) {
    const dir = temporaryFolder();
    const before = SpoolWriter.open(dir, { now: () => 0, owner: 'test' });
    for (const lines of batches) before.append(payloadOf(...lines), lines.length);
    const recorder = new Recorder(SpoolWriter.open(dir, { now: () => 0, owner: 'test' }));
    const { port1, port2 } = new MessageChannel();
    recorder.connect(port2);
    onTestFinished(() => {
      recorder.close();
      before.close();
    });
    const sendAgain = (...lines: readonly string[]): void =>
      port1.postMessage({ batch: new Uint8Array(payloadOf(...lines)).buffer, count: lines.length, again: true });
    return { port: port1, sendAgain, read: () => linesOf(readAll(dir)) };
  }

  it('does not write a second time what the dead one wrote last', async () => {
    const { port, sendAgain, read } = afterDeath(['{"a":1}'], ['{"a":2}', '{"a":3}']);
    sendAgain('{"a":2}', '{"a":3}');
    expect(await acknowledged(port)).toEqual({ bytes: 16 });
    expect(read()).toEqual(['{"a":1}', '{"a":2}', '{"a":3}']);
  });

  it('writes what only looks like it', async () => {
    const { port, sendAgain, read } = afterDeath(['{"a":2}']);
    sendAgain('{"a":3}');
    await acknowledged(port);
    expect(read()).toEqual(['{"a":2}', '{"a":3}']);
  });

  it('recognises it also behind the batch of another worker', async () => {
    const { port, sendAgain, read } = afterDeath(['{"a":2}']);
    sendAgain('{"b":10}');
    await acknowledged(port);
    sendAgain('{"a":2}');
    await acknowledged(port);
    expect(read()).toEqual(['{"a":2}', '{"b":10}']);
  });

  it('writes a new batch though it is the same', async () => {
    const { port, read } = afterDeath(['{"a":2}']);
    send(port, '{"a":2}');
    await acknowledged(port);
    expect(read()).toEqual(['{"a":2}', '{"a":2}']);
  });
});

describe('Recorder closing', () => {
  it('writes what workers sent before, though it has not heard of it yet', () => {
    const { connect, read, recorder } = setUp();
    const ports = [connect(), connect()];
    for (const [i, port] of ports.entries()) send(port, `{"i":${i}}`);
    recorder.close();
    expect(read()).toEqual(['{"i":0}', '{"i":1}']);
  });

  it('writes what a worker sent that has left', async () => {
    const { connect, read, recorder } = setUp();
    const port = connect();
    for (let i = 0; i < 5; i++) send(port, `{"i":${i}}`);
    port.close();
    await once(port, 'close');
    recorder.close();
    expect(read()).toHaveLength(5);
  });

  it('gives the folder back', () => {
    const { dir, recorder } = setUp();
    recorder.close();
    SpoolWriter.open(dir, { now: () => 0, owner: 'next' }).close();
  });
});

describe('what is recovered', () => {
  const lost = { lines: ['{"l":1}\n', '{"l":2}\n'], sinceMs: 0 };

  it('is written once, however often it is asked for', () => {
    const { recorder, read } = setUp();
    expect([recorder.recover(lost), recorder.recover(lost)]).toEqual([2, 0]);
    expect(recorder.recover({ lines: [...lost.lines, '{"l":3}\n'], sinceMs: 0 })).toBe(1);
    expect(read()).toEqual(['{"l":1}', '{"l":2}', '{"l":3}']);
  });

  it('is not written when a worker had sent it and nobody has taken that yet', () => {
    const { recorder, connect, read } = setUp();
    send(connect(), '{"l":2}');
    expect(recorder.recover(lost)).toBe(1);
    expect(read()).toEqual(['{"l":2}', '{"l":1}']);
  });

  it('waits while the disk is full, and while there is something before it that waits', () => {
    const { recorder, connect, disk, read } = setUp();
    disk.full = true;
    expect(recorder.recover(lost)).toBeUndefined();
    send(connect(), '{"l":1}');
    expect(recorder.recover(lost)).toBeUndefined();
    disk.full = false;
    expect(recorder.recover(lost)).toBe(1);
    expect(read()).toEqual(['{"l":1}', '{"l":2}']);
  });

  it('may be more than a frame holds', () => {
    const { recorder, read } = setUp();
    const lines = Array.from({ length: 5000 }, (_, i) => `{"i":${i},"x":"${'x'.repeat(1000)}"}\n`);
    expect(recorder.recover({ lines, sinceMs: 0 })).toBe(5000);
    expect(read()).toHaveLength(5000);
    expect(recorder.recover({ lines, sinceMs: 0 })).toBe(0);
  });
});
