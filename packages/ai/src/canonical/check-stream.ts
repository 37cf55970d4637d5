import type { Delta, OpenBlock, StreamEvent } from './stream-event.ts';

/** Throws when a stream breaks one of the rules at `StreamEvent`; for tests, between every reader and every writer. */
export class StreamCheck {
  readonly #choices = new Map<number, ChoiceCheck>();
  #started = false;
  #last: 'done' | 'error' | undefined;

  add(event: StreamEvent): void {
    if (this.#last !== undefined) fail(`${event.t} comes behind ${this.#last}`);
    if (!this.#started && event.t !== 'start' && event.t !== 'error') fail(`${event.t} comes before start`);
    switch (event.t) {
      case 'start':
        if (this.#started) fail('start comes twice');
        this.#started = true;
        break;
      case 'block':
      case 'delta':
      case 'block_stop':
      case 'stop':
        this.#choice(event.choice).add(event);
        break;
      case 'usage':
      case 'ping':
        break;
      case 'done':
        this.#finish();
        this.#last = 'done';
        break;
      case 'error':
        this.#last = 'error';
        break;
    }
  }

  /** After the last event; `cut` when the stream was meant to break off. */
  end(options: { readonly cut: boolean }): void {
    if (options.cut && this.#last !== undefined) fail(`a stream that was cut ends with ${this.#last}`);
    if (!options.cut && this.#last === undefined) fail('the stream ends without done or error');
  }

  #choice(index: number): ChoiceCheck {
    if (!Number.isSafeInteger(index) || index < 0) fail(`there is no choice ${index}`);
    const choice = this.#choices.get(index) ?? new ChoiceCheck(index);
    this.#choices.set(index, choice);
    return choice;
  }

  #finish(): void {
    if (this.#choices.size === 0) fail('done comes without any stop');
    for (const choice of this.#choices.values()) choice.finish();
  }
}

type ChoiceEvent = Extract<StreamEvent, { readonly choice: number }>;

class ChoiceCheck {
  readonly #open = new Map<number, OpenBlock['type']>();
  readonly #index: number;
  #blocks = 0;
  #stopped = false;

  constructor(index: number) {
    this.#index = index;
  }

  add(event: ChoiceEvent): void {
    if (this.#stopped) this.#fail(`${event.t} comes behind the stop`);
    if (event.t === 'block') this.#begin(event.index, event.block);
    else if (event.t === 'delta') this.#take(event.index, event.delta);
    else if (event.t === 'block_stop') {
      if (!this.#open.delete(event.index)) this.#fail(`block ${event.index} is stopped but not open`);
    } else {
      if (this.#open.size > 0) this.#fail(`block ${[...this.#open.keys()].join()} is open at the stop`);
      this.#stopped = true;
    }
  }

  finish(): void {
    if (!this.#stopped) this.#fail('has no stop before done');
  }

  #begin(index: number, block: OpenBlock): void {
    if (index !== this.#blocks) this.#fail(`block ${index} comes where ${this.#blocks} is next`);
    const open = [...this.#open].find(([, type]) => type !== 'tool_call');
    if (open !== undefined) this.#fail(`block ${index} begins while block ${open[0]}, a ${open[1]}, is open`);
    this.#open.set(index, block.type);
    this.#blocks++;
  }

  #take(index: number, delta: Delta): void {
    const type = this.#open.get(index);
    if (type === undefined) this.#fail(`a delta belongs to block ${index}, which is not open`);
    const keys = Object.keys(delta);
    const [key = 'nothing'] = keys;
    if (keys.length !== 1 || !TAKES[type].includes(key)) this.#fail(`a ${type} has no delta of ${keys.join()}`);
  }

  #fail(message: string): never {
    return fail(`choice ${this.#index}: ${message}`);
  }
}

const TAKES: Readonly<Record<OpenBlock['type'], readonly string[]>> = {
  text: ['text', 'signature', 'citation'],
  refusal: ['text'],
  reasoning: ['text', 'signature'],
  tool_call: ['input', 'signature'],
  media: [],
  opaque: [],
};

function fail(message: string): never {
  throw new Error(`stream: ${message}`);
}
