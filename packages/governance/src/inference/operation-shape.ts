import type { JsonMap } from '../tree/json-tree.ts';
import { BodyShape } from './body-shape.ts';
import { FieldShapes } from './field-shapes.ts';
import type { Sample } from './sample.ts';
import { WrittenShape } from './text-shape.ts';
import { SEEN_MIN, type ShapeBudget } from './value-shape.ts';

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No content',
  301: 'Moved',
  302: 'Found',
  304: 'Not modified',
  400: 'Bad request',
  401: 'Not authenticated',
  403: 'Not allowed',
  404: 'Not found',
  409: 'Conflict',
  422: 'Not valid',
  429: 'Too many requests',
  500: 'Internal error',
  502: 'Bad gateway',
  503: 'Not available',
  504: 'Too late',
};
/** How much of an operation is likely to have been seen. */
const CONFIDENCE: readonly (readonly [samplesMin: number, name: string])[] = [
  [50, 'high'],
  [10, 'medium'],
  [0, 'low'],
];

/** What the calls of one operation have in common. */
export class OperationShape {
  readonly #budget: ShapeBudget;
  readonly #values = new Map<string, WrittenShape>();
  readonly #query = new FieldShapes();
  readonly #request: BodyShape;
  readonly #replies = new Map<number, BodyShape>();
  #samples = 0;

  constructor(budget: ShapeBudget) {
    this.#budget = budget;
    this.#request = new BodyShape(budget);
  }

  add(sample: Sample, values: readonly (readonly [string, string])[]): void {
    this.#samples++;
    for (const [name, value] of values) {
      const shape = this.#values.get(name) ?? new WrittenShape();
      this.#values.set(name, shape);
      shape.add(decoded(value));
    }
    this.#query.add(sample.query ?? '');
    this.#request.add(sample.requestBody, sample.requestContentType);
    const reply = this.#replies.get(sample.status) ?? new BodyShape(this.#budget);
    this.#replies.set(sample.status, reply);
    reply.add(sample.responseBody, sample.contentType);
  }

  operation(): JsonMap {
    const inPath = [...this.#values].map(([name, shape]) => ({
      name,
      in: 'path',
      required: true,
      schema: shape.schema(),
    }));
    const parameters = [...inPath, ...this.#query.parameters()];
    const bodies = this.#request.count;
    const requestBody = {
      ...(bodies === this.#samples && bodies >= SEEN_MIN && { required: true }),
      content: this.#request.content(),
    };
    const confidence = CONFIDENCE.find(([samplesMin]) => this.#samples >= samplesMin)?.[1];
    return {
      ...(parameters.length > 0 && { parameters }),
      ...(bodies > 0 && { requestBody }),
      responses: Object.fromEntries(
        [...this.#replies].toSorted(([a], [b]) => a - b).map(([status, shape]) => [status, replyOf(status, shape)]),
      ),
      'x-gatehouse-inferred': { samples: this.#samples, confidence },
    };
  }
}

function replyOf(status: number, shape: BodyShape): JsonMap {
  return {
    description: DESCRIPTIONS[status] ?? `Status ${status}`,
    ...(shape.count > 0 && { content: shape.content() }),
  };
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
