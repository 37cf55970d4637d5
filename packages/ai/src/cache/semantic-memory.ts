import type { CacheKey } from './cache-key.ts';
import { SemanticIndex, type SimilarQuestion } from './semantic-index.ts';
import type { SemanticQuestion } from './semantic-question.ts';

/** Whose questions are compared with each other: vectors of two models, or for two, are never side by side. */
export interface SemanticPlace {
  /** The model that was asked, as callers name it. */
  readonly model: string;
  /** Who makes the vectors. */
  readonly embedder: string;
  readonly questionsMax: number;
}

export type Vector = ArrayLike<number>;

/** Of one place: a model whose vectors are very long has fewer questions. */
const VECTOR_BYTES_MAX = 32 * 1024 ** 2;
/** Longer than those of any model. */
const DIMS_MAX = 16_384;

/** The questions that one worker remembers. They survive snapshots, as the answers do that they lead to. */
export class SemanticMemory {
  readonly #rooms = new Map<string, Room>();

  find(
    place: SemanticPlace,
    question: SemanticQuestion,
    { vector, threshold }: { readonly vector: Vector; readonly threshold: number },
  ): readonly SimilarQuestion[] {
    return this.#rooms.get(nameOf(place))?.index.find(question, vector, threshold) ?? [];
  }

  /** Once the answer is kept. False for a vector that is none. */
  add(
    place: SemanticPlace,
    question: SemanticQuestion,
    { vector, key }: { readonly vector: Vector; readonly key: CacheKey },
  ): boolean {
    const { length: dims } = vector;
    if (dims < 1 || dims > DIMS_MAX) return false;
    const name = nameOf(place);
    const known = this.#rooms.get(name);
    // Vectors of another length are another model's, though it goes by the same name.
    const room = known?.dims === dims ? known : { dims, index: indexOf(dims, place.questionsMax) };
    this.#rooms.set(name, room);
    return room.index.add(question, vector, key);
  }

  /** Forgets the places that no snapshot names any more. */
  retain(places: readonly SemanticPlace[]): void {
    const names = new Set(places.map(nameOf));
    for (const name of this.#rooms.keys()) if (!names.has(name)) this.#rooms.delete(name);
  }

  get size(): number {
    return this.#rooms.values().reduce((sum, { index }) => sum + index.size, 0);
  }
}

interface Room {
  readonly dims: number;
  readonly index: SemanticIndex;
}

function indexOf(dims: number, questionsMax: number): SemanticIndex {
  const fitting = Math.floor(VECTOR_BYTES_MAX / (dims * Float32Array.BYTES_PER_ELEMENT));
  return new SemanticIndex({ dims, questionsMax: Math.min(questionsMax, fitting) });
}

function nameOf({ model, embedder, questionsMax }: SemanticPlace): string {
  return JSON.stringify([model, embedder, questionsMax]);
}
