import { once } from 'node:events';
import { MessageChannel } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { describe, expect, it, onTestFinished } from 'vitest';
import { connectRecorder } from './connect-recorder.ts';
import { isBatch } from './protocol.ts';

/** A link, and the recorder's end of it. */
function channel(): { readonly near: MessagePort; readonly far: MessagePort } {
  const { port1, port2 } = new MessageChannel();
  onTestFinished(() => {
    port1.close();
    port2.close();
  });
  return { near: port1, far: port2 };
}

async function received(far: MessagePort): Promise<{ readonly text: string; readonly count: number }> {
  const [message]: unknown[] = await once(far, 'message');
  if (!isBatch(message)) return expect.fail('no batch');
  return { text: Buffer.from(message.batch).toString('latin1'), count: message.count };
}

const options = { worker: 2, now: () => 7 };

describe('connectRecorder', () => {
  it('sends batches over the port', async () => {
    const { near, far } = channel();
    const { batcher } = connectRecorder(near, options);
    batcher.add('{"a":1}\n');
    batcher.add('{"a":2}\n');
    const batch = received(far);
    batcher.tick();
    expect(await batch).toEqual({ text: '{"a":1}\n{"a":2}\n', count: 2 });
  });

  it('hears acknowledgements', async () => {
    const { near, far } = channel();
    const { batcher } = connectRecorder(near, options);
    batcher.add('{"a":1}\n');
    batcher.tick();
    expect(batcher.stats().pendingBytes).toBe(8);
    far.postMessage({ bytes: 8 });
    await once(near, 'message');
    expect(batcher.stats().pendingBytes).toBe(0);
  });

  it('is not confused by other messages', async () => {
    const { near, far } = channel();
    const { batcher } = connectRecorder(near, options);
    batcher.add('{"a":1}\n');
    batcher.tick();
    far.postMessage('hello');
    await once(near, 'message');
    expect(batcher.stats().pendingBytes).toBe(8);
  });

  it('sends again to a new recorder what the old one did not acknowledge', async () => {
    const [old, fresh] = [channel(), channel()];
    const link = connectRecorder(old.near, options);
    for (const line of ['{"a":1}\n', '{"a":2}\n']) {
      link.batcher.add(line);
      link.batcher.tick();
    }
    old.far.postMessage({ bytes: 8 });
    old.far.close();
    const again = received(fresh.far);
    link.reconnect(fresh.near);
    expect(await again).toEqual({ text: '{"a":2}\n', count: 1 });
    expect(link.batcher.stats()).toEqual({ added: 2, lost: 0, pendingBytes: 8 });
    fresh.far.postMessage({ bytes: 8 });
    await once(fresh.near, 'message');
    expect(link.batcher.stats().pendingBytes).toBe(0);
  });

  it('sends what is left when it is closed', async () => {
    const { near, far } = channel();
    const link = connectRecorder(near, options);
    link.batcher.add('{"a":1}\n');
    const batch = received(far);
    link.close();
    expect(await batch).toEqual({ text: '{"a":1}\n', count: 1 });
    await once(far, 'close');
  });
});
