import type { RouteSpec } from '@gatehouse/config';
import { OperationFinder, type FoundOperation } from '../operation-finder.ts';
import { bodyViolations, mediaFor, needsBody } from './check-body.ts';
import { ParameterChecks } from './check-parameters.ts';
import { charsetIn, mediaKind } from './media-type.ts';
import type { MediaPlan, OperationPlan, Plan, ResponsePlan } from './plan.ts';
import { SchemaSet } from '@gatehouse/schema';
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
/** What was checked as UTF-8 might be read as something else. */
const NOT_UTF8 = settled('header', '/content-type', 'has another charset than UTF-8');

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
    ({ requests: this.#requests, replies: this.#replies } = setsOf(plan, options.allowsReadOnly));
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
    const charset = mediaKind(contentType) === 'text' ? undefined : charsetIn(contentType);
    if (charset !== undefined && !/^(?:utf-?8|us-ascii)$/i.test(charset)) return NOT_UTF8;
    return bodyPlan(plan.media, contentType, this.#requests);
  }

  reply(operation: OperationPlan, status: number, contentType: string | undefined): BodyPlan {
    const { responses } = operation;
    // It stands for a reply that was looked at, and documents seldom have it.
    if (status === 304) return FITS;
    const plan = responseFor(responses, status);
    if (plan === undefined) return settled('status', '', `${status} is not described`);
    if (plan.media.length === 0) return FITS;
    if (contentType === undefined) return settled('header', '/content-type', 'is missing');
    return bodyPlan(plan.media, contentType, this.#replies);
  }
}

/** The description that is meant for a status: the narrowest. */
export function responseFor(responses: OperationPlan['responses'], status: number): ResponsePlan | undefined {
  return [String(status), `${Math.floor(status / 100)}XX`, 'DEFAULT']
    .map((name) => responses.find((each) => each.status.toUpperCase() === name))
    .find((each) => each !== undefined);
}

export interface Sets {
  readonly requests: SchemaSet;
  readonly replies: SchemaSet;
}

/** All routes of a document share what is made of its schemas. */
const made = new WeakMap<Plan, Map<boolean, Sets>>();

export function setsOf(plan: Plan, allowsReadOnly: boolean): Sets {
  const { schemas, tracks } = plan;
  const byReadOnly = made.get(plan) ?? new Map<boolean, Sets>();
  made.set(plan, byReadOnly);
  const sets = byReadOnly.get(allowsReadOnly) ?? {
    requests: new SchemaSet(schemas, { direction: 'request', allowsReadOnly, tracks }),
    replies: new SchemaSet(schemas, { direction: 'reply', allowsReadOnly, tracks }),
  };
  byReadOnly.set(allowsReadOnly, sets);
  return sets;
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
