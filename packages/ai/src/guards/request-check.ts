import type { ChatRequest } from '../canonical/chat-request.ts';
import { strictest, type Effect, type Findings } from './findings.ts';
import type { SidePlan } from './guard-plan.ts';
import type { Placeholders } from './placeholders.ts';
import { Screen } from './screen.ts';
import { mapRequest } from './texts/map-request.ts';
import type { TextOrigin } from './texts/text-source.ts';
import { injectionsIn } from './words/injection.ts';
import { WordScan, type WordHit } from './words/word-scan.ts';

/** All guards on one request. */
export class RequestCheck {
  readonly #plan: SidePlan;
  readonly #placeholders: Placeholders;
  readonly #findings: Findings;
  readonly #screen: Screen;
  /** Which of the wanted words were said. */
  readonly #said: boolean[];
  #chars = 0;
  #blocked = false;

  constructor(plan: SidePlan, placeholders: Placeholders, findings: Findings) {
    this.#plan = plan;
    this.#placeholders = placeholders;
    this.#findings = findings;
    this.#screen = new Screen(plan.screen, placeholders, findings);
    this.#said = plan.wanted.map(() => false);
  }

  get blocked(): boolean {
    return this.#blocked || this.#screen.blocked;
  }

  /** The request as it may go out, if it may. */
  run(request: ChatRequest): ChatRequest {
    if (this.#looks) {
      mapRequest(request, (text, origin) => {
        this.#look(text, origin);
        return text;
      });
    }
    for (const { effect, maxChars } of this.#plan.lengths) if (this.#chars > maxChars) this.#object(effect, 'length');
    for (const [at, { effect }] of this.#plan.wanted.entries())
      if (this.#said[at] === false) this.#object(effect, 'allow');
    if (this.#screen.isIdle) return request;
    return mapRequest(request, (text, { source, json = false, context, fixed = false }) => {
      const trusted = source === 'operator' || source === 'model';
      const rewritten = this.#screen.rewrite(text, { trusted, json, context, fixed });
      return fixed ? text : rewritten;
    });
  }

  get #looks(): boolean {
    const { injections, lengths, wanted } = this.#plan;
    return this.#masks || injections.length > 0 || lengths.length > 0 || wanted.length > 0;
  }

  get #masks(): boolean {
    const { effects, wordEffects } = this.#plan.screen;
    return [...effects.values(), wordEffects].some((each) => each.some(({ action }) => action === 'mask'));
  }

  /** Before anything is changed. */
  #look(text: string, { source, fixed, label }: TextOrigin): void {
    this.#placeholders.reserve(text);
    if (fixed === true) return;
    if (label !== true) this.#chars += text.length;
    if (source === 'operator' || source === 'model') return;
    if (source === 'caller' && label !== true) this.#listen(text);
    if (this.#plan.injections.length === 0) return;
    for (const [kind, count] of injectionsIn(text)) {
      for (const effect of this.#plan.injections) this.#object(effect, kind, count);
    }
  }

  #listen(text: string): void {
    for (const [at, { words }] of this.#plan.wanted.entries()) {
      if (this.#said[at] === true) continue;
      const hits: WordHit[] = [];
      new WordScan(words).scan({ text, final: true }, hits);
      this.#said[at] = hits.length > 0;
    }
  }

  #object(effect: Effect, kind: string, count = 1): void {
    this.#findings.add(effect, { on: 'request', kind, count });
    if (strictest([effect]) === 'block') this.#blocked = true;
  }
}
