import type { WireRecord } from '../canonical/dialect.ts';
import { LF } from '../sse-event.ts';
import type { Framing } from './framing.ts';
import { isWhole, RecordBytes } from './record-bytes.ts';

/** Lines of JSON; an empty line keeps the connection alive. */
export class LineFraming implements Framing {
  readonly #onRecord: (record: WireRecord) => void;
  readonly #begun = new RecordBytes();

  constructor(onRecord: (record: WireRecord) => void) {
    this.#onRecord = onRecord;
  }

  push(bytes: Buffer, start: number, end: number): void {
    const chunk = bytes.subarray(start, end);
    let at = 0;
    for (let lineEnd = chunk.indexOf(LF); lineEnd >= 0; lineEnd = chunk.indexOf(LF, at)) {
      const raw = this.#begun.take(chunk, at, lineEnd + 1);
      this.#onRecord({ raw, data: lineText(raw), type: '', complete: true });
      at = lineEnd + 1;
    }
    if (at < chunk.length) this.#begun.keep(chunk, at, chunk.length);
  }

  end(): void {
    if (this.#begun.length === 0) return;
    const raw = this.#begun.takeRest();
    const data = lineText(raw);
    this.#onRecord({ raw, data, type: '', complete: data === '' || isWhole(data) });
  }
}

/** Without the line's end, and without the byte order mark that may stand in front of the first. */
function lineText(raw: Buffer): string {
  return raw.toString('utf8').trim();
}
