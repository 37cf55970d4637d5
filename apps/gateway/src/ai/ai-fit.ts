import {
  takesInlineOnly,
  type Attempt,
  type ChatSide,
  type MissingMedium,
  type Prospect,
  type ProviderRow,
} from '@gatehouse/ai';
import type { AiProgram } from './ai-program.ts';
import type { OwnRefusal } from './ai-tries.ts';
import { MediaErrand } from './media/media-errand.ts';

/** Who asks, and hears of what takes time. */
export interface FitHost {
  /** Everything was fetched that it needs or, with `refusal`, cannot be had. */
  onFetched(attempt: Attempt, outcome: { readonly refusal: OwnRefusal | undefined; readonly tookMs: number }): void;
  onFault(error: unknown): void;
}

/** Whether a call may go to its targets as they are: what their models lack, and what has to be fetched for them first. */
export class AiFit {
  readonly #host: FitHost;
  readonly #program: AiProgram;
  readonly #chat: ChatSide;
  /** Of the target that was asked about last. */
  #known: { readonly attempt: Attempt; readonly prospect: Prospect } | undefined;
  #errand: MediaErrand | undefined;
  readonly #waiting = new Set<Attempt>();

  constructor(host: FitHost, program: AiProgram, chat: ChatSide) {
    this.#host = host;
    this.#program = program;
    this.#chat = chat;
  }

  /** Targets wait for what is being fetched. */
  get isBusy(): boolean {
    return this.#waiting.size > 0;
  }

  /** Those that wait. */
  get waiting(): Iterable<Attempt> {
    return this.#waiting;
  }

  inlineOnly(attempt: Attempt, row: ProviderRow): boolean {
    return takesInlineOnly(row, this.#prospect(attempt, row).facts);
  }

  /** Undefined: it fits. `later`: the host hears of it. Throws `Untranslatable` for what is no request. */
  check(attempt: Attempt, row: ProviderRow): OwnRefusal | 'later' | undefined {
    const prospect = this.#prospect(attempt, row);
    const lack = this.#chat.lackAt(prospect);
    if (lack !== undefined) return lack;
    const missing = this.#chat.missingAt(prospect);
    const [first] = missing;
    return first === undefined ? undefined : this.#fetch(attempt, [first, ...missing.slice(1)]);
  }

  #prospect(attempt: Attempt, row: ProviderRow): Prospect {
    if (this.#known?.attempt === attempt) return this.#known.prospect;
    const { catalogue, house } = this.#program;
    const { provider, model } = attempt;
    const place = { provider: provider.name, kind: row.kind, model };
    const prospect = { row, model, facts: catalogue.facts(place, house.clock.now()) };
    this.#known = { attempt, prospect };
    return prospect;
  }

  #fetch(attempt: Attempt, missing: readonly [MissingMedium, ...MissingMedium[]]): OwnRefusal | 'later' {
    const { spec, house } = this.#program;
    if (spec.media === undefined) {
      const detail = `the provider of this model takes the ${missing[0].kind} only inside the request, not by URL: send its content, or let the gate fetch it with \`ai.media: { fetch: true }\``;
      return { code: 'request.media', detail };
    }
    this.#errand ??= new MediaErrand(spec.media, house);
    this.#waiting.add(attempt);
    const begunMs = house.clock.monotonic();
    const to = {
      supply: this.#chat.supply.bind(this.#chat),
      onFault: (error: unknown): void => this.#host.onFault(error),
    };
    this.#errand
      .bring(missing, to)
      .then((problem) => this.#fetched(attempt, { problem, tookMs: house.clock.monotonic() - begunMs }))
      .catch(to.onFault);
    return 'later';
  }

  #fetched(attempt: Attempt, { problem, tookMs }: { problem: string | undefined; tookMs: number }): void {
    this.#waiting.delete(attempt);
    const refusal = problem === undefined ? undefined : { code: 'request.media' as const, detail: problem };
    this.#host.onFetched(attempt, { refusal, tookMs });
  }

  close(): void {
    this.#errand?.close();
  }
}
