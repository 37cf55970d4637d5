import type { RouteSpec } from '@gatehouse/config';
import { OperationFinder, type FoundOperation } from '../operation-finder.ts';
import { bodyViolations, mediaFor, needsBody } from './check-body.ts';
import { ParameterChecks } from './check-parameters.ts';
import type { MediaPlan, OperationPlan, Plan, PlanSchema } from './plan.ts';
import { SchemaSet } from './schema-set.ts';
import type { Violation } from './violation.ts';

export interface PlanCheckOptions {
  readonly refusesUnknownQuery: boolean;
  readonly allowsReadOnly: boolean;
}

/** What there is to say of a body before anybody has read it. */
export type BodyPlan =
  | { readonly kind: 'settled'; readonly violations: readonly Violation[] }
  | { readonly kind: 'read'; violationsOf(body: Buffer): readonly Violation[] };

const FITS: BodyPlan = { kind: 'settled', violations: [] };

/** The operations that a route may lead to, ready to be held against requests and replies. */
export class PlanChecks {
  readonly #finder: OperationFinder<OperationPlan>;
  readonly #requests: SchemaSet;
  readonly #replies: SchemaSet;
  readonly #parameters = new Map<OperationPlan, ParameterChecks>();
  readonly #options: PlanCheckOptions;

  constructor(plan: Plan, route: Pick<RouteSpec, 'method' | 'path'>, options: PlanCheckOptions) {
    this.#finder = new OperationFinder(plan.operations, route);
    this.#options = options;
    const { allowsReadOnly } = options;
    const tracks =
      plan.schemas.some(asksWhatIsLeft) || plan.operations.some((each) => schemasOf(each).some(asksWhatIsLeft));
    this.#requests = new SchemaSet(plan.schemas, { direction: 'request', allowsReadOnly, tracks });
    this.#replies = new SchemaSet(plan.schemas, { direction: 'reply', allowsReadOnly, tracks });
  }

  /** HEAD is what GET would be (RFC 9110 §9.3.2). */
  find(method: string, path: string): FoundOperation<OperationPlan> | undefined {
    return this.#finder.find(method, path) ?? (method === 'HEAD' ? this.#finder.find('GET', path) : undefined);
  }

  parameters(operation: OperationPlan): ParameterChecks {
    const known = this.#parameters.get(operation);
    if (known !== undefined) return known;
    const checks = new ParameterChecks(operation, this.#requests, {
      refusesUnknown: this.#options.refusesUnknownQuery,
    });
    this.#parameters.set(operation, checks);
    return checks;
  }

  requestBody({ body: plan }: OperationPlan, contentType: string | undefined): BodyPlan {
    if (plan === undefined) return settled('body', '', 'is not described, and must not be there');
    if (contentType === undefined) return settled('header', '/content-type', 'is missing');
    return bodyPlan(plan.media, contentType, this.#requests);
  }

  reply(operation: OperationPlan, status: number, contentType: string | undefined): BodyPlan {
    const { responses } = operation;
    const wanted = [String(status), `${Math.floor(status / 100)}XX`, 'default'];
    const plan = wanted
      .map((name) => responses.find((each) => each.status.toUpperCase() === name.toUpperCase()))
      .find((each) => each !== undefined);
    if (plan === undefined) return settled('status', '', `${status} is not described`);
    if (plan.media.length === 0) return FITS;
    if (contentType === undefined) return settled('header', '/content-type', 'is missing');
    return bodyPlan(plan.media, contentType, this.#replies);
  }
}

function bodyPlan(media: readonly MediaPlan[], contentType: string, set: SchemaSet): BodyPlan {
  const found = mediaFor(media, contentType);
  if (found === undefined) return settled('header', '/content-type', 'is none of the types that are described');
  if (!needsBody(found, contentType)) return FITS;
  return { kind: 'read', violationsOf: (body) => bodyViolations(body, contentType, { media: found, set }) };
}

function settled(place: Violation['in'], path: string, message: string): BodyPlan {
  return { kind: 'settled', violations: [{ in: place, path, message }] };
}

function schemasOf({ parameters, body, responses }: OperationPlan): readonly PlanSchema[] {
  const media = [...(body?.media ?? []), ...responses.flatMap((response) => response.media)];
  return [...parameters.map(({ schema }) => schema), ...media.flatMap(({ schema }) => schema ?? [])];
}

/** `unevaluatedProperties` and `unevaluatedItems` make everybody keep account of what was looked at. */
function asksWhatIsLeft(schema: PlanSchema): boolean {
  return JSON.stringify(schema).includes('"unevaluated');
}
