import type { WireRecord } from '../canonical/dialect.ts';
import type { SseEvent } from '../sse-event.ts';
import { SseSplitter } from '../sse.ts';
import type { Framing } from './framing.ts';
import { brokenFraming, isWhole } from './record-bytes.ts';

/** Events of a `text/event-stream` body; those without data would give an SDK nothing to parse, and are left out. */
export class SseFraming implements Framing {
  readonly #splitter: SseSplitter;

  constructor(onRecord: (record: WireRecord) => void) {
    this.#splitter = new SseSplitter((event) => {
      if (event.kind !== 'empty' || !event.terminated) onRecord(recordOf(event));
    });
  }

  push(bytes: Buffer, start: number, end: number): void {
    if (!this.#splitter.push(bytes, start, end)) throw brokenFraming('an event is larger than 16 MiB');
  }

  end(): void {
    this.#splitter.end();
  }
}

function recordOf(event: SseEvent): WireRecord {
  const { raw, data, kind, terminated } = event;
  return { raw, data, type: '', complete: terminated || kind === 'comment' || isWhole(data) };
}
