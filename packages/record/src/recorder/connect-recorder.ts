import { receiveMessageOnPort } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { RecordBatcher } from '../record-batcher.ts';
import type { BatcherOptions, SendBatch } from '../record-batcher.ts';
import { isAck } from './protocol.ts';
import type { BatchMessage } from './protocol.ts';

/** A worker's end of its connection to the recorder. */
export interface RecorderLink {
  readonly batcher: RecordBatcher;
  /** Goes on over the port of a new recorder after the old one died: what that one had not written is sent again. */
  reconnect(port: MessagePort): void;
  /** Sends what is left; the recorder writes it before it closes, even when this worker is gone by then. */
  close(): void;
}

/**
 * Wires a batcher to a port that `RecorderHandle.port` made. The port does not keep the worker alive, and the batcher's
 * `tick` is the worker's to call every 50 ms.
 */
export function connectRecorder(port: MessagePort, options: BatcherOptions): RecorderLink {
  const batcher = new RecordBatcher(sendOver(port), options);
  const acknowledge = (message: unknown): void => {
    if (isAck(message)) batcher.acknowledge(message.bytes);
  };
  let current = port;
  const listen = (to: MessagePort): void => {
    current = to;
    to.on('message', acknowledge);
    to.unref();
  };
  const leave = (from: MessagePort): void => {
    for (let sent = receiveMessageOnPort(from); sent !== undefined; sent = receiveMessageOnPort(from)) {
      acknowledge(sent.message);
    }
    from.off('message', acknowledge);
    from.close();
  };
  listen(port);
  return {
    batcher,
    reconnect: (next) => {
      leave(current);
      listen(next);
      batcher.reconnect(sendOver(next));
    },
    close: () => {
      batcher.tick();
      leave(current);
    },
  };
}

function sendOver(port: MessagePort): SendBatch {
  return ({ buffer }, { count, again }) =>
    port.postMessage({ batch: buffer, count, again } satisfies BatchMessage, [buffer]);
}
