import {
  BYTES_PER_TOKEN_MIN,
  Circuit,
  type CacheFill,
  type CacheHit,
  type CacheKey,
  type NotCompared,
  type OverriddenCatalogue,
  type SemanticPlace,
  type SemanticQuestion,
  type Usage,
  type Vector,
} from '@gatehouse/ai';
import type { SemanticCacheSpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import type { Principal } from '@gatehouse/policies';
import type { House } from '../house.ts';
import type { AiBudgets } from './ai-budgets.ts';
import { AiPurse } from './ai-purse.ts';
import type { AiTab } from './ai-tab.ts';
import type { Embedder } from './embedder.ts';

export interface LookupParts {
  readonly house: House;
  readonly budgets: AiBudgets;
  readonly catalogue: OverriddenCatalogue;
  readonly spec: SemanticCacheSpec;
  /** The model that is asked, as callers name it. */
  readonly model: string;
  readonly embedder: Embedder;
  /** Whose bill it is, in the words of the provider table. */
  readonly vendor: { readonly kind: string; readonly free: boolean };
}

/** What became of the wish for a vector. */
interface Embedded {
  readonly vector?: Vector;
  readonly notCompared?: NotCompared;
}

/** Calls are not held up by a provider that is down: after three failures in a row it is left alone for a while. */
const FAILURES = { threshold: 3, firstMs: 5000, capMs: 60_000, shared: false };

/** Answers to questions that mean the same, for one model in one snapshot. */
export class SemanticLookup {
  readonly place: SemanticPlace;
  readonly #parts: LookupParts;
  readonly #circuit = new Circuit();
  /** What is asked for at the moment, by application and text: calls that are alike share a vector. */
  readonly #underWay = new Map<string, Promise<Embedded>>();

  constructor(parts: LookupParts) {
    const { model, embedder, spec } = parts;
    this.place = { model, embedder: embedder.identity, questionsMax: spec.maxEntries };
    this.#parts = parts;
  }

  begin(question: SemanticQuestion, asker: Asker): SemanticCall {
    const { house, spec } = this.#parts;
    return new SemanticCall({
      embed: async () => this.#vectorOf(question, asker),
      find: (vector) => house.questions.find(this.place, question, { vector, threshold: spec.threshold }),
      add: (vector) => house.questions.add(this.place, question, { vector, key: asker.key }),
    });
  }

  /** Who asks first pays. */
  async #vectorOf({ tenant, text }: SemanticQuestion, asker: Asker): Promise<Embedded> {
    const name = `${tenant}\n${text}`;
    const known = this.#underWay.get(name);
    if (known !== undefined) return known;
    const begun = this.#embed(text, asker).finally(() => this.#underWay.delete(name));
    this.#underWay.set(name, begun);
    return begun;
  }

  async #embed(text: string, asker: Asker): Promise<Embedded> {
    const { house, embedder, spec } = this.#parts;
    const begunMs = house.clock.monotonic();
    if (this.#circuit.readyAtMs > begunMs) return { notCompared: 'embedding_rests' };
    const guessed: Usage = { inputUncached: Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN_MIN), outputText: 0 };
    const purse = this.#purse(guessed.inputUncached, asker);
    if (purse === undefined) return { notCompared: 'embedding_unpaid' };
    const probes = this.#circuit.begin(begunMs);
    try {
      const { vector, usage = guessed } = await embedder.embed(text, spec.timeoutMs);
      this.#circuit.succeeded(begunMs);
      purse.settle(usage);
      return { vector };
    } catch (error) {
      const timedOut = error instanceof GatehouseError && error.code === 'provider.timeout';
      // A vector that came too late is paid for all the same.
      if (timedOut) purse.settle(guessed);
      else purse.release();
      if (!(error instanceof GatehouseError)) throw error;
      const nowMs = house.clock.monotonic();
      this.#circuit.failed({ rule: FAILURES, retryAfterMs: undefined, begunMs, nowMs });
      return { notCompared: timedOut ? 'embedding_timeout' : 'embedding_failed' };
    } finally {
      if (probes) this.#circuit.endProbe();
    }
  }

  /** With what the vector may cost; undefined when a budget has no room for it. */
  #purse(inputTokensEstimate: number, { principal, tab }: Asker): AiPurse | undefined {
    const { spec, model, vendor } = this.#parts;
    const purse = new AiPurse(tab, this.#parts);
    const refusal = purse.reserve({
      principal,
      model,
      provider: spec.provider,
      kind: vendor.kind,
      providerModel: spec.model,
      free: vendor.free,
      asked: () => ({ inputTokensEstimate, maxOutputTokens: 0 }),
    });
    return refusal === undefined ? purse : undefined;
  }
}

export interface Asker {
  /** Where the answer to this very question is kept. */
  readonly key: CacheKey;
  readonly principal: Principal | undefined;
  /** Who pays. */
  readonly tab: AiTab;
}

interface CallParts {
  readonly embed: () => Promise<Embedded>;
  readonly find: (vector: Vector) => Parameters<CacheFill['takeSimilar']>[0];
  readonly add: (vector: Vector) => void;
}

/** One question that nobody has asked in these words. */
export class SemanticCall {
  readonly #parts: CallParts;
  #embedded: Embedded = {};

  constructor(parts: CallParts) {
    this.#parts = parts;
  }

  get notCompared(): NotCompared | undefined {
    return this.#embedded.notCompared;
  }

  async take(fill: CacheFill): Promise<CacheHit | undefined> {
    this.#embedded = await this.#parts.embed();
    const { vector } = this.#embedded;
    return vector && fill.takeSimilar(this.#parts.find(vector));
  }

  /** Its own answer is kept: whoever asks in other words may have it. */
  kept(): void {
    const { vector } = this.#embedded;
    if (vector !== undefined) this.#parts.add(vector);
  }
}
