import type { Delta, StreamEvent } from '../canonical/stream-event.ts';
import { strictest, type Effect, type Findings } from './findings.ts';
import type { SidePlan } from './guard-plan.ts';
import { ANSWER_CHARS_MAX, answersSchema } from './schema/answers-schema.ts';
import type { Screen } from './screen.ts';
import { mapCitation, replaced } from './texts/map-blocks.ts';
import type { MapText } from './texts/text-source.ts';
import type { TextWindow } from './window/text-window.ts';

type Event<T extends StreamEvent['t']> = Extract<StreamEvent, { readonly t: T }>;

interface ChoiceParts {
  readonly plan: SidePlan;
  readonly findings: Findings;
  readonly screen: Screen;
  readonly map: MapText;
}

interface OpenText {
  readonly choice: number;
  readonly index: number;
  readonly window: TextWindow;
  readonly member: 'text' | 'input';
  /** Part of the answer's text. */
  readonly shown: boolean;
  /** Signatures and citations that came behind text which is held back: how much text came before each. */
  readonly waiting: { readonly event: Event<'delta'>; readonly behind: number }[];
}

/** One choice of a streamed reply. */
export class ChoiceFilter {
  blocked = false;
  readonly #parts: ChoiceParts;
  readonly #open = new Map<number, OpenText>();
  /** What the answer shows so far, for schemas only. */
  #text = '';
  #shown = 0;
  readonly #tooLong = new Set<Effect>();

  constructor(parts: ChoiceParts) {
    this.#parts = parts;
  }

  open({ choice, index, block }: Event<'block'>): void {
    const isCall = block.type === 'tool_call';
    const window = this.#parts.screen.open({ json: isCall && block.custom !== true });
    const shown = block.type === 'text' || block.type === 'refusal';
    this.#open.set(index, { choice, index, window, member: isCall ? 'input' : 'text', shown, waiting: [] });
  }

  delta(event: Event<'delta'>, out: StreamEvent[]): void {
    const { delta } = event;
    const block = this.#open.get(event.index);
    if (block === undefined) {
      out.push(event);
      return;
    }
    const came = 'text' in delta ? delta.text : 'input' in delta ? delta.input : undefined;
    if (came !== undefined) {
      const left = block.window.push(came);
      this.#release(block, left, { event: left === came ? event : undefined, out });
      return;
    }
    const behind = block.window.received;
    if (block.waiting.length === 0 && block.window.released >= behind) out.push(this.#beside(block, event));
    else block.waiting.push({ event, behind });
  }

  close(event: Event<'block_stop'>, out: StreamEvent[]): void {
    const block = this.#open.get(event.index);
    if (block !== undefined) this.#finish(block, out);
    if (!this.blocked) out.push(event);
  }

  stop(event: Event<'stop'>, map: MapText, out: StreamEvent[]): void {
    this.flush(out);
    if (this.blocked) return;
    const { plan, screen } = this.#parts;
    const { reason, detail } = event.stop;
    for (const { effect, check } of plan.schemas) {
      if (!answersSchema(check, { text: this.#text, reason })) this.#object(effect, 'schema');
    }
    if (this.blocked) return;
    let stop = event;
    if (detail !== undefined)
      stop = { ...event, stop: replaced(event.stop, 'detail', map(detail, { source: 'model' })) };
    if (screen.masked && stop.logprobs !== undefined) {
      // They spell out what was masked, token by token.
      const { logprobs: _, ...rest } = stop;
      stop = rest;
    }
    out.push(stop);
  }

  /** Lets go what is held back. */
  flush(out: StreamEvent[]): void {
    for (const block of this.#open.values()) this.#finish(block, out);
  }

  #finish(block: OpenText, out: StreamEvent[]): void {
    if (this.blocked) return;
    this.#open.delete(block.index);
    this.#release(block, block.window.end(), { event: undefined, out });
    if (this.blocked) return;
    for (const { event } of block.waiting) out.push(this.#beside(block, event));
  }

  /** `event` is the one that is being dealt with, if it can pass as it is. */
  #release(block: OpenText, left: string, { event, out }: Leaving): void {
    if (block.window.blocked) this.blocked = true;
    const passing = block.shown ? this.#measured(left) : left;
    if (passing !== '') {
      const { choice, index, member } = block;
      const delta: Delta = member === 'text' ? { text: passing } : { input: passing };
      out.push(event !== undefined && passing === left ? event : { t: 'delta', choice, index, delta });
    }
    if (this.blocked) return;
    for (let first = block.waiting[0]; first !== undefined; first = block.waiting[0]) {
      if (first.behind > block.window.released) break;
      block.waiting.shift();
      out.push(this.#beside(block, first.event));
    }
  }

  /** As much of a piece of the answer as its length allows. */
  #measured(left: string): string {
    const { lengths, schemas } = this.#parts.plan;
    const before = this.#shown;
    this.#shown += left.length;
    let most = left.length;
    for (const { effect, maxChars } of lengths) {
      if (this.#shown <= maxChars || this.#tooLong.has(effect)) continue;
      this.#tooLong.add(effect);
      this.#object(effect, 'length');
      if (strictest([effect]) === 'block') most = Math.min(most, Math.max(0, maxChars - before));
    }
    const passing = most === left.length ? left : whole(left, most);
    if (schemas.length > 0 && this.#text.length <= ANSWER_CHARS_MAX) this.#text += passing;
    return passing;
  }

  /** A citation tells where in the text it belongs, and has text itself. */
  #beside({ window }: OpenText, event: Event<'delta'>): StreamEvent {
    const { delta } = event;
    if (!('citation' in delta)) return event;
    const citation = window.edits.moved(mapCitation(delta.citation, 'model', this.#parts.map));
    return citation === delta.citation ? event : { ...event, delta: { citation } };
  }

  #object(effect: Effect, kind: string): void {
    this.#parts.findings.add(effect, { on: 'reply', kind });
    if (strictest([effect]) === 'block') this.blocked = true;
  }
}

/** The first characters of a text; half a character is none. */
function whole(text: string, chars: number): string {
  const last = text.charCodeAt(chars - 1);
  return text.slice(0, last >= 0xd800 && last < 0xdc00 ? chars - 1 : chars);
}

interface Leaving {
  readonly event: StreamEvent | undefined;
  readonly out: StreamEvent[];
}
