import { hash32, randomFrom } from '@gatehouse/kernel';
import type { DemoEmbeddingsRequest } from './demo-request.ts';
import { countTokens } from './demo-tokens.ts';

/** A list of embeddings: unit vectors that depend on the input alone, near each other when texts share words. */
export function embeddingsOf({ model, inputs, dimensions, base64 }: DemoEmbeddingsRequest): object {
  const tokens = inputs.reduce(
    (sum, input) => sum + (typeof input === 'string' ? countTokens(input) : input.length),
    0,
  );
  const data = inputs.map((input, index) => {
    const vector = unitVector(input, dimensions);
    return { object: 'embedding', index, embedding: base64 ? toBase64(vector) : Array.from(vector) };
  });
  return { object: 'list', data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } };
}

const WORDS_MAX = 1000;

/** Each word points in a direction of its own; a text points where its words point together. */
function unitVector(input: string | readonly number[], dimensions: number): Float32Array {
  const words =
    typeof input === 'string' ? (input.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [input]) : input.map(String);
  const sum = new Float64Array(dimensions);
  for (const word of words.slice(0, WORDS_MAX)) {
    const random = randomFrom(hash32(word));
    sum.forEach((value, i) => (sum[i] = value + random() - 0.5));
  }
  const length = Math.hypot(...sum);
  return Float32Array.from(sum, (value) => value / length);
}

/** 32-bit floats, little end first, as the official SDKs decode them. */
function toBase64(vector: Float32Array): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, i) => bytes.writeFloatLE(value, i * 4));
  return bytes.toString('base64');
}
