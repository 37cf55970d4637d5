import { below, mapOf, type JsonMap } from '../tree/json-tree.ts';
import { SECTIONS, type Section } from './component-names.ts';
import { carried, elsewhere, isNot, isOf, kept, type Loss, type Rule, type Rules } from './losses.ts';
import { mediaTypesOf } from './media-types.ts';
import { serversOf } from './servers.ts';
import { SwaggerReading } from './swagger-reading.ts';
import { mediaTypesProblem, upgradePathItem } from './upgrade-operation.ts';
import { placeOf, upgradeParameter } from './upgrade-parameter.ts';
import { upgradeResponse } from './upgrade-response.ts';
import { upgradeSecurity } from './upgrade-security.ts';

export interface UpgradedSwagger {
  /** OpenAPI 3.1. */
  readonly document: JsonMap;
  /** What could not be carried over as it was. */
  readonly losses: readonly Loss[];
}

export function isSwagger(root: unknown): boolean {
  return mapOf(root)?.['swagger'] !== undefined;
}

/** Swagger 2.0 as OpenAPI 3.1. Never throws: what is not as it should be is left out, and named. */
export function upgradeSwagger(value: unknown): UpgradedSwagger {
  const root = mapOf(value) ?? {};
  const reading = new SwaggerReading(root);
  const { losses } = reading;
  if (root['swagger'] !== '2.0' && root['swagger'] !== 2)
    losses.name('/swagger', 'is not 2.0, it is read as if it were');
  const members = carried(root, rulesOf(reading), { pointer: '', losses });
  const components = componentsOf(reading);
  const document = {
    openapi: '3.1.0',
    info: { title: '', version: '' },
    ...(hasPlace(root) && { servers: serversOf(root) }),
    paths: {},
    ...members,
    ...(Object.keys(components).length > 0 && { components }),
  };
  return { document, losses: losses.all() };
}

function rulesOf(reading: SwaggerReading): Rules {
  const info: Rule = (value) => {
    const map = mapOf(value);
    if (map === undefined) return isNot('map');
    const texts = Object.entries({ title: '', version: '', ...map }).map(([name, each]) =>
      // YAML reads the version 1.0 as a number.
      name === 'version' && typeof each === 'number' ? [name, String(each)] : [name, each],
    );
    return { info: Object.fromEntries(texts) };
  };
  return {
    swagger: elsewhere,
    info,
    host: (of) => (isOf('text', of) ? {} : isNot('text')),
    basePath: (of) => (typeof of === 'string' && of.startsWith('/') ? {} : 'does not begin with a slash, left out'),
    schemes: (of) => (isOf('texts', of) ? {} : isNot('texts')),
    consumes: (of) => mediaTypesProblem(of) ?? {},
    produces: (of) => mediaTypesProblem(of) ?? {},
    paths: (of, pointer) => pathsOf(of, pointer, reading),
    definitions: elsewhere,
    parameters: elsewhere,
    responses: elsewhere,
    securityDefinitions: elsewhere,
    security: kept('security', 'list'),
    tags: kept('tags', 'list'),
    externalDocs: kept('externalDocs', 'map'),
  };
}

function hasPlace(root: JsonMap): boolean {
  return typeof root['host'] === 'string' || typeof root['basePath'] === 'string';
}

function pathsOf(value: unknown, pointer: string, reading: SwaggerReading): JsonMap | string {
  const map = mapOf(value);
  if (map === undefined) return isNot('map');
  const paths = Object.entries(map).flatMap(([path, written]): (readonly [string, unknown])[] => {
    if (path.startsWith('x-')) return [[path, written]];
    const item = mapOf(written);
    const at = below(pointer, path);
    if (item !== undefined && path.startsWith('/')) return [[path, upgradePathItem(item, at, reading)]];
    reading.losses.name(at, item === undefined ? isNot('map') : 'does not begin with a slash, left out');
    return [];
  });
  return { paths: Object.fromEntries(paths) };
}

type Upgrade = (map: JsonMap, pointer: string) => JsonMap | boolean | undefined;

function componentsOf(reading: SwaggerReading): JsonMap {
  const { root, names, schemas } = reading;
  const produces = mediaTypesOf(undefined, root['produces']);
  const upgrades: Readonly<Record<Section, Upgrade>> = {
    definitions: (map, pointer) => schemas.schema(map, pointer),
    parameters: (map, pointer) => sharedParameter(map, pointer, reading),
    responses: (response, pointer) => {
      const { $ref } = response;
      const moved = typeof $ref === 'string' ? names.reference($ref) : undefined;
      return moved === undefined ? upgradeResponse({ response, pointer }, produces, reading) : { $ref: moved };
    },
  };
  const sections = (['definitions', 'parameters', 'responses'] as const).map(
    (section) => [SECTIONS[section], sectionOf(section, upgrades[section], reading)] as const,
  );
  const security = upgradedMembers(root['securityDefinitions'], '/securityDefinitions', {
    reading,
    upgrade: (map, pointer) => upgradeSecurity(map, pointer, reading),
  });
  return Object.fromEntries([...sections, ['securitySchemes', security] as const].filter(([, of]) => of !== undefined));
}

function sectionOf(section: Section, upgrade: Upgrade, reading: SwaggerReading): JsonMap | undefined {
  const members = upgradedMembers(reading.root[section], `/${section}`, { reading, upgrade });
  if (members === undefined) return undefined;
  return Object.fromEntries(Object.entries(members).map(([name, each]) => [reading.names.nameOf(section, name), each]));
}

function upgradedMembers(
  value: unknown,
  pointer: string,
  { reading, upgrade }: { readonly reading: SwaggerReading; readonly upgrade: Upgrade },
): JsonMap | undefined {
  if (value === undefined) return undefined;
  const map = mapOf(value);
  if (map === undefined) reading.losses.name(pointer, isNot('map'));
  const members = Object.entries(map ?? {}).flatMap(([name, written]) => {
    const at = below(pointer, name);
    const member = mapOf(written);
    const upgraded = member === undefined ? undefined : upgrade(member, at);
    if (member === undefined) reading.losses.name(at, isNot('map'));
    return upgraded === undefined ? [] : [[name, upgraded] as const];
  });
  return members.length === 0 ? undefined : Object.fromEntries(members);
}

/** Bodies are written out where they are used. */
function sharedParameter(parameter: JsonMap, pointer: string, reading: SwaggerReading): JsonMap | undefined {
  const { $ref } = parameter;
  const moved = typeof $ref === 'string' ? reading.names.reference($ref) : undefined;
  if (moved !== undefined) return { $ref: moved };
  const place = placeOf(parameter);
  if (place === undefined) reading.losses.name(pointer, 'is no parameter with a name and a place, left out');
  return upgradeParameter(parameter, pointer, reading);
}
