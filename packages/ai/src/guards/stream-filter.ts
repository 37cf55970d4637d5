import type { OpenBlock, StreamEvent } from '../canonical/stream-event.ts';
import { blockedError } from './blocked-error.ts';
import { ChoiceFilter } from './choice-filter.ts';
import type { Findings } from './findings.ts';
import type { SidePlan } from './guard-plan.ts';
import type { Placeholders } from './placeholders.ts';
import { Screen } from './screen.ts';
import { mapBlock, replaced } from './texts/map-blocks.ts';
import { mapExt } from './texts/map-request.ts';
import type { MapText } from './texts/text-source.ts';

/**
 * The guards on a streamed reply. Text is held back only as long as it may still be part of something that is looked
 * for, and never at the end of a block. A reply that may not pass ends with an `error` of kind `content_blocked`.
 */
export class StreamFilter {
  readonly #plan: SidePlan;
  readonly #findings: Findings;
  readonly #screen: Screen;
  readonly #idle: boolean;
  readonly #choices = new Map<number, ChoiceFilter>();
  #blocked = false;

  constructor(plan: SidePlan, placeholders: Placeholders, findings: Findings) {
    this.#plan = plan;
    this.#findings = findings;
    this.#screen = new Screen(plan.screen, placeholders, findings);
    this.#idle = this.#screen.isIdle && plan.lengths.length === 0 && plan.schemas.length === 0;
  }

  /** The stream has been ended by a guard; whatever else comes is not for the caller. */
  get blocked(): boolean {
    return this.#blocked;
  }

  push(event: StreamEvent): readonly StreamEvent[] {
    if (this.#idle) return [event];
    if (this.#blocked) return [];
    const out: StreamEvent[] = [];
    this.#take(event, out);
    return this.#checked(out);
  }

  /** What is held back, when the stream breaks off without an end. */
  flush(): readonly StreamEvent[] {
    if (this.#idle || this.#blocked) return [];
    const out: StreamEvent[] = [];
    for (const choice of this.#choices.values()) choice.flush(out);
    return this.#checked(out);
  }

  #checked(out: StreamEvent[]): readonly StreamEvent[] {
    this.#blocked = this.#screen.blocked || [...this.#choices.values()].some(({ blocked }) => blocked);
    if (this.#blocked) out.push({ t: 'error', error: blockedError() });
    return out;
  }

  #take(event: StreamEvent, out: StreamEvent[]): void {
    switch (event.t) {
      case 'start':
        out.push(event.ext === undefined ? event : replaced(event, 'ext', mapExt(event.ext, 'model', this.#map)));
        break;
      case 'block':
        this.#open(event, out);
        break;
      case 'delta':
        this.#choice(event.choice).delta(event, out);
        break;
      case 'block_stop':
        this.#choice(event.choice).close(event, out);
        break;
      case 'stop':
        this.#choice(event.choice).stop(event, this.#map, out);
        break;
      case 'done':
      case 'error':
        for (const choice of this.#choices.values()) choice.flush(out);
        out.push(event);
        break;
      case 'usage':
      case 'ping':
        out.push(event);
        break;
    }
  }

  #open(event: Extract<StreamEvent, { readonly t: 'block' }>, out: StreamEvent[]): void {
    const { block } = event;
    if (block.type !== 'media' && block.type !== 'opaque') this.#choice(event.choice).open(event);
    out.push(replaced(event, 'block', this.#whole(block)));
  }

  #whole(block: OpenBlock): OpenBlock {
    if (block.type !== 'media' && block.type !== 'opaque') return block;
    const mapped = mapBlock(block, 'model', this.#map);
    return mapped.type === 'media' || mapped.type === 'opaque' ? mapped : block;
  }

  readonly #map: MapText = (text, { json = false, context, fixed = false }) => {
    const rewritten = this.#screen.rewrite(text, { json, context, fixed });
    return fixed ? text : rewritten;
  };

  #choice(index: number): ChoiceFilter {
    const known = this.#choices.get(index);
    if (known !== undefined) return known;
    const choice = new ChoiceFilter({
      plan: this.#plan,
      findings: this.#findings,
      screen: this.#screen,
      map: this.#map,
    });
    this.#choices.set(index, choice);
    return choice;
  }
}
