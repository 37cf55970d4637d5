import { headersOf, parametersOf, type Parameter } from '../canonicalise/parameters.ts';
import type { Operation } from '../canonicalise/paths.ts';
import { compareContent } from './compare-content.ts';
import { inbound, outbound, type Met, type Report, type Scope } from './report.ts';
import { isPast } from './sunset.ts';

type Parameters = ReadonlyMap<string, Parameter>;

interface Place {
  readonly scope: Scope;
  readonly path: string;
}

/** Both sides of one parameter. */
interface Both {
  readonly old: Parameter;
  readonly new: Parameter;
}

/** What stands in a request besides its body. */
export function compareParameters(report: Report, scope: Scope, [old, newer]: readonly [Operation, Operation]): void {
  const olds = parametersOf(old, report.old.nodes.references);
  const news = parametersOf(newer, report.new.nodes.references);
  for (const [key, parameter] of olds) {
    const other = news.get(key);
    const place = { scope, path: pathOf(parameter) };
    if (other !== undefined) compareParameter(report, place, { old: parameter, new: other });
    else if (parameter.in !== 'path') lose(report, place, [parameter, movedTo(parameter, news, olds)]);
  }
  for (const [key, parameter] of news) {
    if (olds.has(key) || parameter.in === 'path' || movedTo(parameter, olds, news) !== undefined) continue;
    const words = { path: pathOf(parameter), what: parameter.name };
    if (scope.reversed) report.note(scope, 'sent-parameter-added', words);
    else report.note(scope, parameter.required ? 'required-parameter-added' : 'parameter-added', words);
  }
}

function pathOf({ in: where, name }: Parameter): string {
  return `parameters.${where}.${name}`;
}

/** Where the same name stands on the other side, if it is not on this one as well. */
function movedTo({ name, in: where }: Parameter, others: Parameters, own: Parameters): Parameter | undefined {
  const found = [...others.values()].find((other) => other.name === name && other.in !== where);
  return found !== undefined && !own.has(`${found.in}:${name}`) ? found : undefined;
}

function lose(
  report: Report,
  { scope, path }: Place,
  [parameter, moved]: readonly [Parameter, Parameter | undefined],
): void {
  const { name: what, required, deprecated, sunset } = parameter;
  if (moved !== undefined) report.note(scope, 'parameter-moved', { path, what, from: parameter.in, to: moved.in });
  else if (scope.reversed) {
    report.note(scope, required ? 'required-sent-parameter-removed' : 'sent-parameter-removed', { path, what });
  } else if (deprecated && isPast(sunset, report.schemas.now)) {
    report.note(scope, 'parameter-removed-after-sunset', { path, what });
  } else report.note(scope, 'parameter-removed', { path, what });
}

function compareParameter(report: Report, { scope, path }: Place, both: Both): void {
  const { old, new: newer } = both;
  const what = old.name;
  if (old.required !== newer.required) {
    const became = newer.required ? 'required' : 'optional';
    report.note(scope, `${scope.reversed ? 'sent-parameter' : 'parameter'}-became-${became}`, { path, what });
  }
  compareWriting(report, { scope, path }, both);
  compareSchemas(report, { scope, path }, both);
}

/** How a value is written; how it is taken apart matters to lists and objects only. */
function compareWriting(report: Report, { scope, path }: Place, { old, new: newer }: Both): void {
  const what = old.name;
  const compound = [
    report.old.nodes.shapeOf(report.old.nodes.nodeOf(old.schema ?? true)),
    report.new.nodes.shapeOf(report.new.nodes.nodeOf(newer.schema ?? true)),
  ].some(({ kinds }) => kinds.has('array') || kinds.has('object'));
  const ofPath = old.in === 'path';
  if (old.style !== newer.style && (compound || ofPath)) {
    report.note(scope, 'parameter-style-changed', { path, what, from: old.style, to: newer.style });
  } else if (old.explode !== newer.explode && compound) {
    report.note(scope, 'parameter-explode-changed', {
      path,
      what,
      from: String(old.explode),
      to: String(newer.explode),
    });
  }
  if (old.allowReserved && !newer.allowReserved && old.in === 'query') {
    report.note(scope, 'parameter-reserved-disallowed', { path, what });
  }
}

function compareSchemas(report: Report, { scope, path }: Place, { old, new: newer }: Both): void {
  const direction = inbound(scope);
  if (old.content !== undefined && newer.content !== undefined) {
    compareContent(report, { scope, path, direction }, [old.content, newer.content]);
    return;
  }
  report.meet(scope, { path, direction, isParameter: !scope.reversed }, [old.schema, newer.schema]);
}

/** Of a response: what callers read beside the body. */
export function compareHeaders(report: Report, { scope, path }: Place, [old, newer]: Met): void {
  const olds = headersOf(old, report.old.nodes.references);
  const news = headersOf(newer, report.new.nodes.references);
  for (const [key, header] of olds) {
    const other = news.get(key);
    const at = `${path}.headers.${header.name}`;
    if (other === undefined) loseHeader(report, { scope, path: at }, header);
    else {
      noteHeaderNeed(report, { scope, path: at }, { old: header, new: other });
      report.meet(scope, { path: at, direction: outbound(scope) }, [header.schema, other.schema]);
    }
  }
  for (const [key, header] of news) {
    if (olds.has(key)) continue;
    const words = { path: `${path}.headers.${header.name}`, what: header.name };
    const needed = scope.reversed && header.required;
    report.note(scope, needed ? 'required-parameter-added' : 'response-header-added', words);
  }
}

function loseHeader(report: Report, { scope, path }: Place, { name: what, required }: Parameter): void {
  if (scope.reversed) report.note(scope, 'parameter-removed', { path, what });
  else report.note(scope, required ? 'required-response-header-removed' : 'response-header-removed', { path, what });
}

function noteHeaderNeed(report: Report, { scope, path }: Place, { old, new: newer }: Both): void {
  if (old.required === newer.required) return;
  const became = newer.required ? 'required' : 'optional';
  report.note(scope, `${scope.reversed ? 'parameter' : 'response-header'}-became-${became}`, { path, what: old.name });
}
