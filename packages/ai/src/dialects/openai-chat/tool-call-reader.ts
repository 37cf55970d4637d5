import type { Signature } from '../../canonical/chat-request.ts';
import type { Json, JsonFields } from '../../canonical/json.ts';
import { asCount, asFields, asText, parseJson } from '../../loose-json.ts';
import type { BlockSink } from './block-sink.ts';
import { fieldsOf } from '../chat-shaped/members.ts';
import { ObjectScan } from './object-scan.ts';
import { present } from '../chat-shaped/present.ts';
import { NO_ARGUMENTS, readThoughtSignature } from './read-assistant.ts';

/** What the request tells about the calls of its answer. */
export interface CallFacts {
  /** The caller's name of a tool. */
  nameOf(wire: string): string;
  /** The caller's tool takes free text, and was offered as a function of one string. */
  isWrapped(name: string): boolean;
  newId(prefix: string): string;
}

/**
 * Puts the fragments of one choice's tool calls together. Which fragment belongs to which call is said by `index` and by
 * `id`, and many servers leave out one of them, repeat it, or use it twice (reference T1, T2, T4): a fragment begins a
 * new call when it has a name and cannot belong to the call that is there.
 */
export class ToolCallReader {
  /** How many calls there were. */
  count = 0;
  /** A call without a name was left out. */
  malformed = false;
  readonly #sink: BlockSink;
  readonly #tools: CallFacts;
  readonly #open = new Set<Call>();
  readonly #byIndex = new Map<number, Call>();
  readonly #byId = new Map<string, Call>();
  #last: Call | undefined;

  constructor(sink: BlockSink, tools: CallFacts) {
    this.#sink = sink;
    this.#tools = tools;
  }

  read(fragment: JsonFields): void {
    const custom = fieldsOf(fragment['custom']);
    const body = fieldsOf(fragment['function']) ?? custom;
    const heard: Heard = {
      index: asCount(fragment['index']),
      id: asText(fragment['id']),
      name: asText(body?.['name']),
      input: inputOf(body?.[custom === undefined || body !== custom ? 'arguments' : 'input']),
      custom: body !== undefined && body === custom,
    };
    const call = this.#find(heard) ?? this.#begin(heard);
    call.hear(heard, readThoughtSignature(fragment['extra_content']));
  }

  /** Stops the calls that are complete; false when one is not, so that what comes next has to wait. */
  stopComplete(): boolean {
    for (const call of this.#open) if (call.isComplete()) this.#stop(call);
    return this.#open.size === 0;
  }

  stopAll(): void {
    for (const call of this.#open) this.#stop(call);
  }

  #find(heard: Heard): Call | undefined {
    const { index, id } = heard;
    const known = id === undefined ? undefined : this.#byId.get(id);
    if (known !== undefined && (index === undefined || this.#byIndex.get(index) === known)) return known;
    const near = index === undefined ? this.#last : this.#byIndex.get(index);
    return near === undefined || near.isOther(heard) ? undefined : near;
  }

  #begin({ index, id }: Heard): Call {
    // What is whole stays as it is: its place is free for writers that cannot have two calls open.
    if (this.#last?.isComplete() === true) this.#stop(this.#last);
    const call = new Call(this.#sink, this.#tools);
    this.#open.add(call);
    this.#last = call;
    if (index !== undefined) this.#byIndex.set(index, call);
    if (id !== undefined) this.#byId.set(id, call);
    return call;
  }

  #stop(call: Call): void {
    if (!this.#open.delete(call)) return;
    if (call.stop()) this.count++;
    else this.malformed = true;
  }
}

interface Heard {
  readonly index: number | undefined;
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly input: string;
  readonly custom: boolean;
}

/** Fragments of text; whole objects from some servers (reference T5). */
function inputOf(value: Json | undefined): string {
  if (typeof value === 'string') return value;
  return value === undefined || value === null ? '' : JSON.stringify(value);
}

class Call {
  id: string | undefined;
  readonly #sink: BlockSink;
  readonly #tools: CallFacts;
  #name: string | undefined;
  #custom = false;
  #wrapped = false;
  #signature: Signature | undefined;
  #input = '';
  readonly #scan = new ObjectScan();
  /** What of it has not been passed on. */
  #waiting = '';
  /** Of the block, once the name is known. */
  #index: number | undefined;
  #stopped = false;

  constructor(sink: BlockSink, tools: CallFacts) {
    this.#sink = sink;
    this.#tools = tools;
  }

  /** Can the fragment not belong to this call? Without a name it always can: nothing could begin with it. */
  isOther({ id, name, input }: Heard): boolean {
    if (name === undefined || this.#name === undefined) return false;
    if (id !== undefined && this.id !== undefined) return id !== this.id;
    if (!this.isComplete() && this.#input !== '') return false;
    return name !== this.#name || (input !== '' && this.#input !== '');
  }

  isComplete(): boolean {
    return this.#stopped || (!this.#custom && this.#scan.whole);
  }

  hear({ id, name, input, custom }: Heard, signature: Signature | undefined): void {
    if (this.#stopped) return;
    this.id ??= id;
    this.#name ??= name;
    this.#custom ||= custom;
    this.#input += input;
    this.#waiting += input;
    this.#scan.push(input);
    if (signature !== undefined) this.#sign(signature);
    if (this.#index === undefined && this.#name !== undefined) this.#open(this.#name);
    if (!this.#wrapped) this.#pass();
  }

  /** False when there was no name to begin with. */
  stop(): boolean {
    this.#stopped = true;
    if (this.#index === undefined) return false;
    if (this.#wrapped) this.#waiting = unwrap(this.#input);
    else if (this.#input === '' && !this.#custom) this.#waiting = NO_ARGUMENTS;
    this.#pass();
    this.#sink.stop(this.#index);
    return true;
  }

  #sign(signature: Signature): void {
    this.#signature = signature;
    if (this.#index !== undefined) this.#sink.delta(this.#index, { signature });
  }

  #open(wire: string): void {
    const name = this.#tools.nameOf(wire);
    this.#wrapped = !this.#custom && this.#tools.isWrapped(name);
    this.id ??= this.#tools.newId('call_');
    this.#index = this.#sink.open({
      type: 'tool_call',
      id: this.id,
      name,
      ...((this.#custom || this.#wrapped) && { custom: true }),
      ...present({ signature: this.#signature }),
    });
  }

  #pass(): void {
    if (this.#index === undefined || this.#waiting === '') return;
    this.#sink.delta(this.#index, { input: this.#waiting });
    this.#waiting = '';
  }
}

/** The text that a function of one string was called with; whatever else the model wrote is the text itself. */
function unwrap(input: string): string {
  const text = asFields(parseJson(input))?.['input'];
  return typeof text === 'string' ? text : input;
}
