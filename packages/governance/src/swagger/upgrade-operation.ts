import { below, mapOf, type JsonMap } from '../tree/json-tree.ts';
import { carried, elsewhere, isNot, kept, type Rule, type Rules } from './losses.ts';
import { mediaTypesOf } from './media-types.ts';
import { serversOf } from './servers.ts';
import type { SwaggerReading } from './swagger-reading.ts';
import { upgradeBody, upgradeForm, type Written } from './upgrade-body.ts';
import { placeOf, upgradeParameter } from './upgrade-parameter.ts';
import { upgradeResponse } from './upgrade-response.ts';

const METHODS = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch'] as const;

/** With its operations; what a path says of bodies, its operations say now. */
export function upgradePathItem(item: JsonMap, pointer: string, reading: SwaggerReading): JsonMap {
  const shared = parametersOf(item['parameters'], below(pointer, 'parameters'), reading);
  const bodies = shared.filter(({ parameter }) => isBody(parameter));
  const operation: Rule = (value, at) => {
    const map = mapOf(value);
    if (map === undefined) return isNot('map');
    return { [at.slice(at.lastIndexOf('/') + 1)]: upgradeOperation(map, { pointer: at, bodies }, reading) };
  };
  const rules: Rules = {
    ...Object.fromEntries(METHODS.map((method) => [method, operation])),
    $ref: (value) => reference(value, reading),
    parameters: elsewhere,
  };
  const parameters = plainParameters(shared, reading);
  return {
    ...carried(item, rules, { pointer, losses: reading.losses }),
    ...(parameters.length > 0 && { parameters }),
  };
}

/** Path items keep their places. */
function reference(value: unknown, { names }: SwaggerReading): JsonMap | string {
  if (typeof value !== 'string') return isNot('text');
  const $ref = value.startsWith('#/paths/') ? value : names.reference(value);
  return $ref === undefined ? 'refers to what is arranged differently, left out' : { $ref };
}

interface Around {
  readonly pointer: string;
  /** Of the path. */
  readonly bodies: readonly Written[];
}

function upgradeOperation(operation: JsonMap, { pointer, bodies }: Around, reading: SwaggerReading): JsonMap {
  const { root, losses } = reading;
  const own = parametersOf(operation['parameters'], below(pointer, 'parameters'), reading);
  const consumes = mediaTypesOf(operation['consumes'], root['consumes']);
  const requestBody = requestBodyOf(bodiesOf(own, bodies), consumes, reading);
  const rules: Rules = {
    tags: kept('tags', 'texts'),
    summary: kept('summary', 'text'),
    description: kept('description', 'text'),
    externalDocs: kept('externalDocs', 'map'),
    operationId: kept('operationId', 'text'),
    deprecated: kept('deprecated', 'boolean'),
    security: kept('security', 'list'),
    consumes: (value) => mediaTypesProblem(value) ?? {},
    produces: (value) => mediaTypesProblem(value) ?? {},
    schemes: (value) => ({ servers: serversOf({ host: root['host'], basePath: root['basePath'], schemes: value }) }),
    parameters: elsewhere,
    responses: (value, at) => responsesOf(value, at, { reading, produces: operation['produces'] }),
  };
  const parameters = plainParameters(own, reading);
  return {
    responses: {},
    ...carried(operation, rules, { pointer, losses }),
    ...(parameters.length > 0 && { parameters }),
    ...(requestBody !== undefined && { requestBody }),
  };
}

export function mediaTypesProblem(value: unknown): string | undefined {
  if (!Array.isArray(value)) return isNot('list');
  const known = mediaTypesOf(value, undefined)?.length ?? 0;
  return known === value.length ? undefined : `names what is no media type, one twice or too many: ${known} are kept`;
}

function responsesOf(
  value: unknown,
  pointer: string,
  { reading, produces }: { readonly reading: SwaggerReading; readonly produces: unknown },
): JsonMap | string {
  const map = mapOf(value);
  if (map === undefined) return isNot('map');
  const upgraded = Object.entries(map).flatMap(([status, written]): (readonly [string, unknown])[] => {
    const at = below(pointer, status);
    if (status.startsWith('x-')) return [[status, written]];
    const response = mapOf(written);
    if (response === undefined || !/^(?:[1-5]\d\d|default)$/.test(status)) {
      reading.losses.name(at, response === undefined ? isNot('map') : 'is no status, left out');
      return [];
    }
    return [[status, responseOf({ response, pointer: at }, { reading, produces })]];
  });
  return { responses: Object.fromEntries(upgraded) };
}

/** A shared response speaks the media types of the document; where the operation has others, it is written out. */
function responseOf(
  written: { readonly response: JsonMap; readonly pointer: string },
  { reading, produces }: { readonly reading: SwaggerReading; readonly produces: unknown },
): JsonMap {
  const { root, names, losses } = reading;
  const own = mediaTypesOf(produces, root['produces']);
  const { $ref } = written.response;
  if (typeof $ref !== 'string') return upgradeResponse(written, own, reading);
  const shared = names.followed(written.response, 'responses');
  if (shared !== undefined && produces !== undefined)
    return upgradeResponse({ ...written, response: shared }, own, reading);
  const moved = names.reference($ref);
  if (moved !== undefined) return { $ref: moved };
  losses.name(written.pointer, 'refers to what is arranged differently, only its status is kept');
  return { description: '' };
}

function isBody(parameter: JsonMap): boolean {
  const place = placeOf(parameter);
  return place === 'body' || place === 'formData';
}

/** Shared ones that are bodies are read where they are used. */
function parametersOf(list: unknown, pointer: string, { names, losses }: SwaggerReading): readonly Written[] {
  if (list === undefined) return [];
  if (!Array.isArray(list)) losses.name(pointer, isNot('list'));
  const written: readonly unknown[] = Array.isArray(list) ? list : [];
  return written.flatMap((each, index): readonly Written[] => {
    const at = below(pointer, index);
    const parameter = names.followed(each, 'parameters');
    const place = parameter && placeOf(parameter);
    if (parameter === undefined || place === undefined) {
      losses.name(at, 'is no parameter with a name and a place, left out');
      return [];
    }
    const shared = mapOf(each)?.['$ref'];
    return [{ parameter, pointer: at, ...(typeof shared === 'string' && { $ref: shared }) }];
  });
}

function plainParameters(written: readonly Written[], reading: SwaggerReading): readonly JsonMap[] {
  return written.flatMap(({ parameter, pointer, $ref }): readonly JsonMap[] => {
    if (isBody(parameter)) return [];
    const moved = $ref === undefined ? undefined : reading.names.reference($ref);
    if (moved !== undefined) return [{ $ref: moved }];
    const upgraded = upgradeParameter(parameter, pointer, reading);
    return upgraded === undefined ? [] : [upgraded];
  });
}

/** An operation's own go before those of its path; fields of forms are added to each other. */
function bodiesOf(own: readonly Written[], shared: readonly Written[]): readonly Written[] {
  const bodies = own.filter(({ parameter }) => isBody(parameter));
  const whole = [...bodies, ...shared].some(({ parameter }) => placeOf(parameter) === 'body');
  if (bodies.length === 0) return shared;
  if (whole) return bodies;
  const names = new Set(bodies.map(({ parameter }) => parameter['name']));
  return [...shared.filter(({ parameter }) => !names.has(parameter['name'])), ...bodies];
}

function requestBodyOf(
  written: readonly Written[],
  consumes: readonly string[] | undefined,
  reading: SwaggerReading,
): JsonMap | undefined {
  if (written.length === 0) return undefined;
  const body = written.find(({ parameter }) => placeOf(parameter) === 'body');
  if (body === undefined) return upgradeForm(written, consumes, reading);
  for (const other of written) {
    if (other !== body) reading.losses.name(other.pointer, 'stands beside another body, left out');
  }
  return upgradeBody(body, consumes, reading);
}
