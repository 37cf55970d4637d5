import type { RouteSpec } from '@gatehouse/config';
import type { Observation } from '@gatehouse/kernel';
import type { SchemaSet } from '@gatehouse/schema';
import { mediaFor } from '../contract/check-body.ts';
import { ParameterChecks, type Reading } from '../contract/check-parameters.ts';
import { bareType, mediaKind } from '../contract/media-type.ts';
import { responseFor, setsOf, type Sets } from '../contract/plan-checks.ts';
import type { MediaPlan, OperationPlan } from '../contract/plan.ts';
import { jsonValue } from '../contract/json-value.ts';
import { childOf, pointerOf as keysOf } from '../json-pointer.ts';
import { OperationFinder, type FoundOperation } from '../operation-finder.ts';
import type { RequestView } from '../policy.ts';
import { bodyDrift, type Telling } from './body-drift.ts';
import { FoundDrift, kindOf, wordOf } from './found-drift.ts';
import type { Config } from './schema.ts';
import { ShapeMaker, tellable, typeNameOf } from './value-shape.ts';

/** One side of an exchange, as far as it was looked at. */
export interface SeenBody {
  readonly contentType: string | undefined;
  /** Empty: there was none. Undefined: nobody has looked. */
  readonly bytes: Buffer | undefined;
}

export interface SeenExchange {
  readonly request: RequestView;
  readonly requestBody: SeenBody;
  readonly status: number;
  readonly replyBody: SeenBody;
}

type Seen = Pick<Observation, 'operation' | 'path' | 'seen' | 'findings'>;

const SHAPE_PARTS_MAX = 200;
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]{1,60}\/[a-z0-9!#$&^_.+-]{1,80}$/;
const PATH_CHARS_MAX = 200;
const NAMES_MAX = 10;

/** Holds exchanges against what the document says of them. */
export class ExchangeDrift {
  readonly #basePath: string;
  readonly #finder: OperationFinder<OperationPlan>;
  readonly #sets: Sets;
  readonly #parameters = new Map<OperationPlan, ParameterChecks>();

  constructor({ plan, basePath }: Pick<Config, 'plan' | 'basePath'>, route: Pick<RouteSpec, 'method' | 'path'>) {
    this.#basePath = basePath;
    this.#finder = new OperationFinder(plan.operations, route);
    // What a caller sends of what it was given changes nothing.
    this.#sets = setsOf(plan, true);
  }

  of(exchange: SeenExchange): Seen {
    const { request, status } = exchange;
    const telling = { found: new FoundDrift(), shapes: new ShapeMaker(SHAPE_PARTS_MAX) };
    const found = this.#find(request);
    if (found === undefined) {
      undescribed(exchange, telling);
      return { path: this.#below(request.path).slice(0, PATH_CHARS_MAX), ...listsOf(telling) };
    }
    const { operation } = found;
    // What the service has refused says nothing of what it takes.
    if (status < 400) {
      this.#queryAndFields(request, found, telling);
      requestBody(operation, exchange, { ...telling, set: this.#sets.requests });
    }
    reply(operation, exchange, { ...telling, set: this.#sets.replies });
    return { operation: `${operation.method} ${this.#below(operation.path)}`, ...listsOf(telling) };
  }

  /** HEAD is what GET would be (RFC 9110 §9.3.2). */
  #find({ method, path }: RequestView): FoundOperation<OperationPlan> | undefined {
    return this.#finder.find(method, path) ?? (method === 'HEAD' ? this.#finder.find('GET', path) : undefined);
  }

  #below(path: string): string {
    return path.startsWith(this.#basePath) ? path.slice(this.#basePath.length) || '/' : path;
  }

  #queryAndFields(request: RequestView, { operation, params }: FoundOperation<OperationPlan>, telling: Telling): void {
    const known = this.#parameters.get(operation);
    const checks = known ?? new ParameterChecks(operation, this.#sets.requests, { refusesUnknown: false });
    this.#parameters.set(operation, checks);
    const sent = checks.readings(request, params);
    for (const reading of sent?.readings ?? []) parameter(reading, this.#sets.requests, telling);
    const unknown = new Set((sent?.names ?? []).filter((name) => !checks.isKnown(name)));
    undeclaredNames(unknown, telling);
  }
}

function listsOf({ found }: Telling): Pick<Seen, 'seen' | 'findings'> {
  return { seen: found.seen, findings: found.findings };
}

function undeclaredNames(names: ReadonlySet<string>, { found }: Telling): void {
  for (const name of [...names].slice(0, NAMES_MAX))
    found.add({ kind: 'undeclared-parameter', where: `query ${tellable(name)}` });
}

function parameter({ plan, read }: Reading, set: SchemaSet, { found }: Telling): void {
  const where = `${plan.in} ${plan.in === 'header' ? plan.name.toLowerCase() : plan.name}`;
  if (read === 'absent') {
    if (plan.required) found.add({ kind: 'missing-required', where });
    return;
  }
  found.see(where);
  if (read === 'unreadable') {
    found.add({ kind: 'type', where, rule: 'style' });
    return;
  }
  for (const { path, rule } of set.findings(plan.schema, read.value)) {
    const kind = kindOf(rule);
    const value = keysOf(path).reduce(childOf, read.value);
    if (kind === 'enum-value') found.add({ kind, where, rule, value: wordOf(value) });
    else if (kind === 'type') found.add({ kind, where, shape: { types: [typeNameOf(value)] } });
    else found.add({ kind, where, rule });
  }
}

interface Holding extends Telling {
  readonly set: SchemaSet;
}

function requestBody({ body: plan }: OperationPlan, { requestBody: body }: SeenExchange, holding: Holding): void {
  const { found } = holding;
  if (body.bytes?.length === 0) {
    if (plan?.required === true) found.add({ kind: 'missing-required', where: 'request' });
    return;
  }
  const type = typeOf(body.contentType);
  if (plan !== undefined) described(plan.media, body, { ...holding, where: 'request' });
  else if (body.bytes !== undefined && type !== undefined)
    found.add({ kind: 'undeclared-body', where: `request ${type}`, ...shapeOf(body, holding) });
}

function reply({ responses }: OperationPlan, { status, replyBody: body }: SeenExchange, holding: Holding): void {
  // It stands for a reply that was looked at, and documents seldom have it.
  if (status === 304) return;
  const { found } = holding;
  const plan = responseFor(responses, status);
  if (plan === undefined) {
    found.add({ kind: 'undeclared-status', where: replyWhere(status, body), ...shapeOf(body, holding) });
    return;
  }
  const where = `reply ${plan.status}`;
  found.see(where);
  if (body.bytes?.length !== 0) described(plan.media, body, { ...holding, where });
}

/** A body in one of the media types that are described. */
function described(media: readonly MediaPlan[], body: SeenBody, to: Holding & { readonly where: string }): void {
  const { found, shapes, set, where } = to;
  const type = typeOf(body.contentType);
  if (type === undefined) return;
  const plan = mediaFor(media, type);
  if (plan === undefined) {
    found.add({ kind: 'undeclared-content-type', where: `${where} ${type}`, ...shapeOf(body, to) });
    return;
  }
  const at = `${where} ${plan.type}`;
  found.see(at);
  if (body.bytes === undefined || mediaKind(type) !== 'json') return;
  bodyDrift(body.bytes, { where: at, schema: plan.schema ?? true, set }, { found, shapes });
}

/** An exchange that no operation is for: all of it is news. */
function undescribed({ request, requestBody: sent, status, replyBody }: SeenExchange, telling: Telling): void {
  const { found } = telling;
  const names = new URLSearchParams(request.query).keys();
  undeclaredNames(new Set(names), telling);
  const type = typeOf(sent.contentType);
  if (sent.bytes?.length !== 0 && type !== undefined)
    found.add({ kind: 'undeclared-body', where: `request ${type}`, ...shapeOf(sent, telling) });
  found.add({ kind: 'undeclared-status', where: replyWhere(status, replyBody), ...shapeOf(replyBody, telling) });
}

function replyWhere(status: number, body: SeenBody): string {
  const type = body.bytes?.length === 0 ? undefined : typeOf(body.contentType);
  return type === undefined ? `reply ${status}` : `reply ${status} ${type}`;
}

function typeOf(contentType: string | undefined): string | undefined {
  const type = contentType === undefined ? '' : bareType(contentType);
  return MEDIA_TYPE.test(type) ? type : undefined;
}

function shapeOf({ contentType = '', bytes }: SeenBody, { shapes }: Telling) {
  if (bytes === undefined || bytes.length === 0 || mediaKind(contentType) !== 'json') return {};
  const read = jsonValue(bytes);
  return 'wrong' in read ? {} : { shape: shapes.of(read.value) };
}
