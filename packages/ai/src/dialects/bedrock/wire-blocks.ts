import { isJsonFields, parseExact, type Json, type JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import { asText } from '../../loose-json.ts';
import { readCitation } from './citations.ts';
import { isList } from './expect-json.ts';
import { customInput } from './object-input.ts';
import { readMedia } from './read-media.ts';
import type { CallNames } from './reply-content.ts';

/** Where a block of the wire puts what it makes of its deltas; it gets an index with its first event. */
export interface BlockEvents {
  open(block: OpenBlock): void;
  delta(delta: Delta): void;
  stop(): void;
}

/** A block of the wire that is being read. */
export interface WireBlock {
  /** Others may begin before it ends. */
  readonly call: boolean;
  /** False when the delta is none of this block's. */
  take(delta: JsonFields): boolean;
  end(): void;
}

/** What `contentBlockStart` says begins; undefined for text and reasoning, which begin with their first delta. */
export function startedBlock(start: JsonFields, names: CallNames, events: BlockEvents): WireBlock | undefined {
  const { toolUse, toolResult, image } = start;
  if (isJsonFields(toolUse)) {
    const id = asText(toolUse['toolUseId']);
    const name = asText(toolUse['name']);
    const hosted = (toolUse['type'] ?? undefined) !== undefined;
    if (!hosted && id !== undefined && name !== undefined)
      return new CallWire({ id, name: names.nameOf(name) }, names, events);
    return new HostedWire({ toolUse }, events);
  }
  return isJsonFields(toolResult) || isJsonFields(image) ? new HostedWire(start, events) : undefined;
}

/** What a delta begins that no open block takes. */
export function blockOfDelta(delta: JsonFields, events: BlockEvents): WireBlock | undefined {
  const { text, citation, reasoningContent, image } = delta;
  if (typeof text === 'string' || isJsonFields(citation)) return new TextWire(events);
  if (isJsonFields(image)) return new HostedWire({ image: {} }, events);
  if (!isJsonFields(reasoningContent)) return undefined;
  return typeof reasoningContent['redactedContent'] === 'string' ? new RedactedWire(events) : new ReasoningWire(events);
}

class TextWire implements WireBlock {
  readonly call = false;
  readonly #events: BlockEvents;
  #open = false;

  constructor(events: BlockEvents) {
    this.#events = events;
  }

  take({ text, citation }: JsonFields): boolean {
    if (typeof text === 'string') {
      if (text !== '') this.#say({ text });
      return true;
    }
    if (!isJsonFields(citation)) return false;
    this.#say({ citation: readCitation(citation) });
    return true;
  }

  end(): void {
    if (this.#open) this.#events.stop();
  }

  #say(delta: Delta): void {
    if (!this.#open) this.#events.open({ type: 'text' });
    this.#open = true;
    this.#events.delta(delta);
  }
}

class ReasoningWire implements WireBlock {
  readonly call = false;
  readonly #events: BlockEvents;
  #open = false;

  constructor(events: BlockEvents) {
    this.#events = events;
  }

  take({ reasoningContent }: JsonFields): boolean {
    if (!isJsonFields(reasoningContent)) return false;
    const { text, signature } = reasoningContent;
    if (typeof text === 'string' && text !== '') this.#say({ text });
    if (typeof signature === 'string' && signature !== '') {
      this.#say({ signature: { value: signature, dialect: 'bedrock' } });
    }
    return typeof text === 'string' || typeof signature === 'string';
  }

  end(): void {
    if (this.#open) this.#events.stop();
  }

  #say(delta: Delta): void {
    if (!this.#open) this.#events.open({ type: 'reasoning' });
    this.#open = true;
    this.#events.delta(delta);
  }
}

/** Comes in pieces of bytes, each of which is base64 by itself. */
class RedactedWire implements WireBlock {
  readonly call = false;
  readonly #events: BlockEvents;
  readonly #pieces: string[] = [];

  constructor(events: BlockEvents) {
    this.#events = events;
  }

  take({ reasoningContent }: JsonFields): boolean {
    const piece = isJsonFields(reasoningContent) ? reasoningContent['redactedContent'] : undefined;
    if (typeof piece !== 'string') return false;
    if (piece !== '') this.#pieces.push(piece);
    return true;
  }

  end(): void {
    const [first] = this.#pieces;
    if (first === undefined) return;
    const bytes = (): Buffer => Buffer.concat(this.#pieces.map((piece) => Buffer.from(piece, 'base64')));
    const value = this.#pieces.length === 1 ? first : bytes().toString('base64');
    this.#events.open({ type: 'reasoning', redacted: { value, dialect: 'bedrock' } });
    this.#events.stop();
  }
}

class CallWire implements WireBlock {
  readonly call = true;
  readonly #events: BlockEvents;
  readonly #custom: boolean;
  /** Whole for a custom tool, else only whether anything came. */
  #input = '';

  constructor(called: { readonly id: string; readonly name: string }, names: CallNames, events: BlockEvents) {
    this.#events = events;
    this.#custom = names.isCustom(called.name);
    events.open({ type: 'tool_call', ...called, ...(this.#custom && { custom: true }) });
  }

  take({ toolUse }: JsonFields): boolean {
    const input = isJsonFields(toolUse) ? toolUse['input'] : undefined;
    if (typeof input !== 'string') return false;
    if (input !== '' && !this.#custom) this.#events.delta({ input });
    if (this.#custom || this.#input === '') this.#input += input;
    return true;
  }

  end(): void {
    if (this.#custom) this.#events.delta({ input: customInput(this.#input) });
    else if (this.#input === '') this.#events.delta({ input: '{}' });
    this.#events.stop();
  }
}

/** What the vendor's own tools say, and images: whole at the end. */
class HostedWire implements WireBlock {
  readonly call = false;
  readonly #start: JsonFields;
  readonly #events: BlockEvents;
  readonly #results: Json[] = [];
  #input = '';
  #image: JsonFields = {};

  constructor(start: JsonFields, events: BlockEvents) {
    this.#start = start;
    this.#events = events;
  }

  take({ toolUse, toolResult, image }: JsonFields): boolean {
    if (isJsonFields(toolUse)) this.#input += asText(toolUse['input']) ?? '';
    else if (toolResult !== undefined && isList(toolResult)) this.#results.push(...toolResult);
    else if (isJsonFields(image)) this.#image = { ...this.#image, ...image };
    else return false;
    return true;
  }

  end(): void {
    const data = this.#whole();
    this.#events.open(readMedia(data) ?? { type: 'opaque', dialect: 'bedrock', data });
    this.#events.stop();
  }

  #whole(): JsonFields {
    const { toolUse, toolResult, image } = this.#start;
    if (isJsonFields(toolUse)) return { toolUse: { ...toolUse, input: parseExact(this.#input) ?? {} } };
    if (isJsonFields(toolResult)) return { toolResult: { ...toolResult, content: this.#results } };
    return { image: { ...(isJsonFields(image) && image), ...this.#image } };
  }
}
