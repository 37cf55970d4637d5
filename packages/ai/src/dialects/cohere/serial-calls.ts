import type { OpenBlock } from '../../canonical/stream-event.ts';
import { frame } from './event-frame.ts';

type OpenCall = Extract<OpenBlock, { type: 'tool_call' }>;

/** Clients put a fragment to the call that began last (reference T8): a call that begins early waits for its turn. */
export class SerialCalls {
  #count = 0;
  /** The block whose call is being told. */
  #live: number | undefined;
  /** By their blocks, in the order of their beginnings. */
  readonly #waiting = new Map<number, Waiting>();

  begin(index: number, call: OpenCall): string {
    if (this.#live === undefined) return this.#tell(index, call);
    this.#waiting.set(index, { call, input: '', ended: false });
    return '';
  }

  delta(index: number, input: string): string {
    if (index === this.#live) return this.#fragment(input);
    const waiting = this.#waiting.get(index);
    if (waiting !== undefined) waiting.input += input;
    return '';
  }

  end(index: number): string {
    const waiting = this.#waiting.get(index);
    if (waiting !== undefined) waiting.ended = true;
    return index === this.#live ? this.#end() + this.#rest() : '';
  }

  /** The calls that wait, up to one that goes on. */
  #rest(): string {
    let told = '';
    for (const [index, { call, input, ended }] of this.#waiting) {
      this.#waiting.delete(index);
      told += this.#tell(index, call) + (input === '' ? '' : this.#fragment(input));
      if (!ended) break;
      told += this.#end();
    }
    return told;
  }

  #tell(index: number, { id, name }: OpenCall): string {
    this.#live = index;
    const call = JSON.stringify({ id, type: 'function', function: { name, arguments: '' } });
    return frame('tool-call-start', this.#count, `{"message":{"tool_calls":${call}}}`);
  }

  #fragment(input: string): string {
    const call = `{"function":{"arguments":${JSON.stringify(input)}}}`;
    return frame('tool-call-delta', this.#count, `{"message":{"tool_calls":${call}}}`);
  }

  #end(): string {
    this.#live = undefined;
    return frame('tool-call-end', this.#count++);
  }
}

interface Waiting {
  readonly call: OpenCall;
  input: string;
  ended: boolean;
}
