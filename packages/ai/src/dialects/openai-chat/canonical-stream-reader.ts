import type { ReadContext, StreamReader, WireRecord } from '../../canonical/dialect.ts';
import { parseExact } from '../../canonical/json.ts';
import type { StreamEvent } from '../../canonical/stream-event.ts';
import { ChunkReader } from './chunk-reader.ts';
import { fieldsOf } from '../chat-shaped/members.ts';

/** A stream of chat completion chunks as canonical events. */
export class CanonicalStreamReader implements StreamReader {
  readonly #chunks: ChunkReader;
  #emit: (event: StreamEvent) => void = ignore;

  constructor(context: ReadContext) {
    this.#chunks = new ChunkReader(context, (event) => this.#emit(event));
  }

  read(record: WireRecord, emit: (event: StreamEvent) => void): void {
    if (this.#chunks.ended) return;
    this.#emit = emit;
    const text = record.data === '' ? bareJson(record) : record.data;
    if (text === '') this.#chunks.ping();
    else if (isTerminator(text)) this.#chunks.finish();
    else {
      // The rest of a record that broke off is no JSON; nor is what some proxies write in between.
      const chunk = fieldsOf(parseExact(text));
      if (chunk !== undefined) this.#chunks.read(chunk, () => text);
    }
  }

  /** Without the terminator the answer is whole all the same when every choice has finished (reference T30). */
  end(emit: (event: StreamEvent) => void): void {
    this.#emit = emit;
    if (this.#chunks.finished) this.#chunks.finish();
  }
}

function ignore(): void {
  // No record is being read.
}

const TERMINATOR = '[DONE]';

function isTerminator(text: string): boolean {
  return !text.startsWith('{') && text.trimStart().startsWith(TERMINATOR);
}

/** A body without events: an error, or the whole answer of a server that does not stream (reference T31, T35). */
function bareJson({ raw }: WireRecord): string {
  let at = 0;
  while (raw[at] === 0x0a || raw[at] === 0x0d || raw[at] === 0x20) at++;
  return raw[at] === 0x7b ? raw.toString('utf8', at) : '';
}
