import { operationsIn, sunsetOf, type Operation } from '../canonicalise/paths.ts';
import { fieldOf, isObject, listOf, objectOf, textOf } from '../canonicalise/raw-value.ts';
import type { References } from '../canonicalise/references.ts';
import { compareContent } from './compare-content.ts';
import { compareParameters } from './compare-parameters.ts';
import { compareResponses } from './compare-responses.ts';
import { compareSecurity } from './compare-security.ts';
import { compareServers } from './compare-servers.ts';
import { inbound, type Met, type Report, type Scope } from './report.ts';
import { rankOf, stabilityOf, type Stability } from './stability.ts';
import { isPast, sunsetAt } from './sunset.ts';

type Operations = ReadonlyMap<string, Operation>;
type Both = readonly [old: Operation, newer: Operation];

/** From which stability on changes count. */
export interface Counting {
  readonly stability: Stability;
}

/** All operations of `paths`. */
export function compareOperations(
  report: Report,
  [olds, news]: readonly [Operations, Operations],
  from: Counting,
): void {
  for (const [key, old] of olds) {
    const scope = scopeOf(old, report, from);
    const newer = news.get(key);
    if (newer === undefined) noteRemoval(report, scope, old);
    else compareOperation(report, scope, [old, newer]);
  }
  for (const [key, newer] of news) {
    if (!olds.has(key)) report.note({ ...WHOLE, operation: newer.label, key }, 'operation-added');
  }
}

/** The document itself. */
export const WHOLE: Scope = { operation: '', key: '', at: '', reversed: false, counted: true };

function scopeOf(old: Operation, report: Report, { stability }: Counting): Scope {
  const counted = rankOf(stabilityOf(old, report.old.root)) >= rankOf(stability);
  return { ...WHOLE, operation: old.label, key: old.key, counted };
}

function noteRemoval(report: Report, scope: Scope, old: Operation): void {
  const from = sunsetOf(old, report.old.root);
  if (old.raw['deprecated'] !== true || sunsetAt(from) === undefined) report.note(scope, 'operation-removed');
  else {
    const due = isPast(from, report.schemas.now) ? 'after' : 'before';
    report.note(scope, `operation-removed-${due}-sunset`, { from: from ?? '' });
  }
}

function compareOperation(report: Report, scope: Scope, both: Both): void {
  const [old, newer] = both;
  compareCard(report, scope, both);
  compareParameters(report, scope, both);
  compareBody(report, scope, [old.raw['requestBody'], newer.raw['requestBody']]);
  compareResponses(report, scope, [old.raw['responses'], newer.raw['responses']]);
  if (scope.reversed) return;
  compareSecurity(report, scope, both);
  compareServers(report, scope, [ownServers(old), ownServers(newer)]);
  compareCallbacks(report, scope, both);
}

function ownServers({ raw, item }: Operation): unknown {
  return Array.isArray(raw['servers']) ? raw : item;
}

/** What the operation is called, and how long it is promised. */
function compareCard(report: Report, scope: Scope, [old, newer]: Both): void {
  const [from, to] = [textOf(old.raw['operationId']), textOf(newer.raw['operationId'])];
  if (from !== to) {
    const what = from === undefined ? 'added' : to === undefined ? 'removed' : 'changed';
    report.note(scope, `operation-id-${what}`, { path: 'operationId', from: from ?? '', to: to ?? '' });
  }
  const [oldTags = '', newTags = ''] = [old, newer].map(({ raw }) =>
    listOf(raw['tags'])
      .filter((tag) => typeof tag === 'string')
      .toSorted()
      .join(', '),
  );
  if (oldTags !== newTags) report.note(scope, 'operation-tags-changed', { path: 'tags', from: oldTags, to: newTags });
  if (old.raw['deprecated'] !== true && newer.raw['deprecated'] === true) report.note(scope, 'operation-deprecated');
  compareSunsets(report, scope, [old, newer]);
  const levels = [stabilityOf(old, report.old.root), stabilityOf(newer, report.new.root)] as const;
  if (levels[0] === levels[1]) return;
  const way = rankOf(levels[1]) < rankOf(levels[0]) ? 'decreased' : 'increased';
  report.note(scope, `stability-${way}`, { path: 'x-stability-level', from: levels[0], to: levels[1] });
}

function compareSunsets(report: Report, scope: Scope, [old, newer]: Both): void {
  const [from, to] = [sunsetOf(old, report.old.root), sunsetOf(newer, report.new.root)];
  const [before, after] = [sunsetAt(from), sunsetAt(to)];
  if (before === undefined || before === after) return;
  const words = { path: 'x-sunset', from: from ?? '', to: to ?? '' };
  if (after === undefined) {
    if (newer.raw['deprecated'] === true) report.note(scope, 'sunset-removed', words);
  } else report.note(scope, after < before ? 'sunset-moved-earlier' : 'sunset-moved-later', words);
}

function compareBody(report: Report, scope: Scope, written: Met): void {
  const old = report.old.nodes.references.resolve(written[0]);
  const newer = report.new.nodes.references.resolve(written[1]);
  const path = 'requestBody';
  const required = [old, newer].map((body) => fieldOf(body, 'required') === true);
  if (!isObject(old) || !isObject(newer)) {
    if (isObject(old)) report.note(scope, scope.reversed ? 'sent-body-removed' : 'request-body-removed', { path });
    else if (isObject(newer)) {
      const added = required[1] === true ? 'required-request-body-added' : 'request-body-added';
      report.note(scope, scope.reversed ? 'sent-body-added' : added, { path });
    }
    return;
  }
  if (required[0] !== required[1]) {
    const became = required[1] === true ? 'required' : 'optional';
    report.note(scope, `${scope.reversed ? 'sent-body' : 'request-body'}-became-${became}`, { path });
  }
  compareContent(report, { scope, path, direction: inbound(scope) }, [old['content'], newer['content']]);
}

const WHOLE_EXPRESSION = (path: string): string => path;

/** What we send to callers while or after they call. */
function compareCallbacks(report: Report, scope: Scope, [old, newer]: Both): void {
  const olds = callbacksOf(old.raw['callbacks'], report.old.nodes.references);
  const news = callbacksOf(newer.raw['callbacks'], report.new.nodes.references);
  for (const [what, operation] of olds) {
    const other = news.get(what);
    if (other === undefined) report.note(scope, 'callback-removed', { path: 'callbacks', what });
    else compareOperation(report, { ...scope, at: `callbacks.${what}.`, reversed: true }, [operation, other]);
  }
  for (const what of news.keys()) {
    if (!olds.has(what)) report.note(scope, 'callback-added', { path: 'callbacks', what });
  }
}

/** `name: POST {$request.body#/url}` → operation. */
function callbacksOf(written: unknown, references: References): Operations {
  const all = new Map<string, Operation>();
  for (const [name, callback] of Object.entries(objectOf(written))) {
    const operations = operationsIn(references.resolve(callback), references, WHOLE_EXPRESSION);
    for (const [key, operation] of operations) all.set(`${name}: ${key}`, operation);
  }
  return all;
}

/** Webhooks are sent by us: their requests are what callers get, their responses what callers give. */
export function compareWebhooks(report: Report, [olds, news]: readonly [Operations, Operations], from: Counting): void {
  for (const [key, old] of olds) {
    const own = scopeOf(old, report, from);
    const scope = { ...own, operation: `webhook ${old.label}`, key: `webhook ${key}`, reversed: true };
    const newer = news.get(key);
    if (newer !== undefined) compareOperation(report, scope, [old, newer]);
    else if (isSunset(old, report))
      report.note(scope, 'operation-removed-after-sunset', { from: sunsetOf(old, report.old.root) ?? '' });
    else report.note(scope, 'webhook-removed');
  }
  for (const [key, newer] of news) {
    if (olds.has(key)) continue;
    report.note(
      { ...WHOLE, operation: `webhook ${newer.label}`, key: `webhook ${key}`, reversed: true },
      'webhook-added',
    );
  }
}

function isSunset(operation: Operation, report: Report): boolean {
  return operation.raw['deprecated'] === true && isPast(sunsetOf(operation, report.old.root), report.schemas.now);
}
