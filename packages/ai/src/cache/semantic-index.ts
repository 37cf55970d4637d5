import type { CacheKey } from './cache-key.ts';
import { readWording, saysTheSame } from './lexical-guard.ts';
import type { SemanticQuestion } from './semantic-question.ts';
import { VectorRing } from './vector-ring.ts';

export interface IndexBounds {
  readonly dims: number;
  /** Questions remembered at once, of all tenants. */
  readonly questionsMax: number;
}

/** A question that was answered, and means the same. */
export interface SimilarQuestion {
  readonly key: CacheKey;
  readonly similarity: number;
}

/**
 * High, as what looks alike is not the same: of 32 pairs that ask for different things MiniLM puts 10 above it, which the
 * wording then tells apart; of 20 paraphrases it puts 10 above it.
 */
export const SIMILARITY_MIN = 0.95;

/** Which questions have been answered, by what they mean. The answers themselves are in the response cache. */
export class SemanticIndex {
  readonly #ring: VectorRing;
  readonly #bySlot = new Map<number, Asked>();
  readonly #bySurrounding = new Map<string, Map<number, Asked>>();
  readonly #slotByDigest = new Map<string, number>();

  constructor({ dims, questionsMax }: IndexBounds) {
    this.#ring = new VectorRing(dims, questionsMax);
  }

  get size(): number {
    return this.#bySlot.size;
  }

  /** The nearest first; more than one, as answers may be gone by now. */
  find(question: SemanticQuestion, vector: ArrayLike<number>, threshold = SIMILARITY_MIN): readonly SimilarQuestion[] {
    const asked = this.#bySurrounding.get(question.surrounding);
    const unit = asked === undefined ? undefined : this.#ring.normal(vector);
    if (asked === undefined || unit === undefined) return [];
    const near: Near[] = [];
    const found = (slot: number, similarity: number): void => {
      const one = asked.get(slot);
      if (one !== undefined && one.key.tenant === question.tenant) near.push({ ...one, similarity });
    };
    this.#ring.search(unit, asked.keys(), { threshold, found });
    const nearest = near.toSorted((a, b) => b.similarity - a.similarity).slice(0, JUDGED_MAX);
    const wording = readWording(question.text);
    return nearest
      .filter(({ text }) => saysTheSame(wording, readWording(text)))
      .slice(0, FOUND_MAX)
      .map(({ key, similarity }) => ({ key, similarity }));
  }

  /** Once the answer is kept. False for a vector that is none. */
  add(question: SemanticQuestion, vector: ArrayLike<number>, key: CacheKey): boolean {
    const unit = this.#ring.normal(vector);
    if (unit === undefined || key.tenant !== question.tenant) return false;
    const known = this.#slotByDigest.get(key.digest);
    const slot = known ?? this.#ring.put(unit);
    this.#drop(slot);
    if (known !== undefined) this.#ring.replace(slot, unit);
    const { surrounding, text } = question;
    const asked: Asked = { key, surrounding, text };
    const near = this.#bySurrounding.get(surrounding) ?? new Map<number, Asked>();
    this.#bySurrounding.set(surrounding, near.set(slot, asked));
    this.#bySlot.set(slot, asked);
    this.#slotByDigest.set(key.digest, slot);
    return true;
  }

  /** Everything that a tenant has asked; how many questions that were. */
  forget(tenant: string): number {
    const slots = [...this.#bySlot].filter(([, { key }]) => key.tenant === tenant).map(([slot]) => slot);
    for (const slot of slots) this.#drop(slot);
    return slots.length;
  }

  #drop(slot: number): void {
    const asked = this.#bySlot.get(slot);
    if (asked === undefined) return;
    const near = this.#bySurrounding.get(asked.surrounding);
    near?.delete(slot);
    if (near?.size === 0) this.#bySurrounding.delete(asked.surrounding);
    this.#bySlot.delete(slot);
    this.#slotByDigest.delete(asked.key.digest);
  }
}

const FOUND_MAX = 4;
/** Wordings are compared for so many: a crowd of near ones must not take a worker's time. */
const JUDGED_MAX = 16;

interface Asked {
  readonly key: CacheKey;
  readonly surrounding: string;
  readonly text: string;
}

interface Near extends Asked {
  readonly similarity: number;
}
