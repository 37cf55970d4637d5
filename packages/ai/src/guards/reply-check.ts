import type { ChatReply, Choice } from '../canonical/chat-reply.ts';
import type { Block, TextBlock } from '../canonical/chat-request.ts';
import { strictest, type Effect, type Findings } from './findings.ts';
import type { SidePlan } from './guard-plan.ts';
import type { Placeholders } from './placeholders.ts';
import { Screen } from './screen.ts';
import { mapBlock, mapCitation, mapList, replaced } from './texts/map-blocks.ts';
import { mapReply, shownText } from './texts/map-reply.ts';
import type { MapText } from './texts/text-source.ts';
import { answersSchema } from './schema/answers-schema.ts';

/** All guards on one whole reply. */
export class ReplyCheck {
  readonly #plan: SidePlan;
  readonly #findings: Findings;
  readonly #screen: Screen;
  #blocked = false;

  constructor(plan: SidePlan, placeholders: Placeholders, findings: Findings) {
    this.#plan = plan;
    this.#findings = findings;
    this.#screen = new Screen(plan.screen, placeholders, findings);
  }

  get blocked(): boolean {
    return this.#blocked || this.#screen.blocked;
  }

  /** The reply as the caller may see it, if it may. */
  run(reply: ChatReply): ChatReply {
    const mapped = this.#screen.isIdle ? reply : mapReply(reply, (choice) => this.#choice(choice), this.#map);
    for (const choice of mapped.choices) this.#judge(choice);
    return mapped;
  }

  readonly #map: MapText = (text, { json = false, context, fixed = false }) => {
    const rewritten = this.#screen.rewrite(text, { json, context, fixed });
    return fixed ? text : rewritten;
  };

  #choice(choice: Choice): Choice {
    this.#screen.masked = false;
    const { stop, blocks } = choice;
    let mapped = replaced(
      choice,
      'blocks',
      mapList(blocks, (block) => this.#block(block)),
    );
    if (stop.detail !== undefined) {
      mapped = replaced(mapped, 'stop', replaced(stop, 'detail', this.#map(stop.detail, { source: 'model' })));
    }
    if (!this.#screen.masked || mapped.logprobs === undefined) return mapped;
    // They spell out what was masked, token by token.
    const { logprobs: _, ...rest } = mapped;
    return rest;
  }

  #block(block: Block): Block {
    return block.type === 'text' ? this.#textBlock(block) : mapBlock(block, 'model', this.#map);
  }

  /** Citations tell where in the text they belong, and the text may have become longer or shorter. */
  #textBlock(block: TextBlock): Block {
    const window = this.#screen.open();
    const text = window.whole(block.text);
    if (window.blocked) {
      this.#screen.blocked = true;
      return block;
    }
    const said = replaced(block, 'text', text);
    if (block.citations === undefined) return said;
    const citations = mapList(block.citations, (citation) =>
      window.edits.moved(mapCitation(citation, 'model', this.#map)),
    );
    return replaced(said, 'citations', citations);
  }

  #judge({ blocks, stop }: Choice): void {
    const text = shownText(blocks);
    for (const { effect, maxChars } of this.#plan.lengths) if (text.length > maxChars) this.#object(effect, 'length');
    for (const { effect, check } of this.#plan.schemas) {
      if (!answersSchema(check, { text, reason: stop.reason })) this.#object(effect, 'schema');
    }
  }

  #object(effect: Effect, kind: string): void {
    this.#findings.add(effect, { on: 'reply', kind });
    if (strictest([effect]) === 'block') this.#blocked = true;
  }
}
