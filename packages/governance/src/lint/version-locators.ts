import { listOf, namedOf, objectOf, textOf, type Path } from '../document/json-value.ts';
import { isVersionSegment, segmentsOf } from './path-template.ts';
import type { PathItemSite, Site } from './rule.ts';

/** A place where callers name the version of the API. */
export interface Locator {
  /** The same for places that are one: `header api-version`. */
  readonly key: string;
  /** For people. */
  readonly name: string;
  /** Empty where each call says it for itself, so that several may stand in one document. */
  readonly version: string;
  readonly path: Path;
}

export function inTemplate({ template, templatePath }: PathItemSite): readonly Locator[] {
  const segment = segmentsOf(template).find(({ literal }) => isVersionSegment(literal));
  if (segment === undefined) return [];
  return [{ key: 'paths', name: 'paths', version: major(segment.literal), path: templatePath }];
}

export function inServers({ node, path }: Site): readonly Locator[] {
  return listOf(node['servers']).flatMap((server, i) => {
    const version = versionInServer(server);
    if (version === undefined) return [];
    return [{ key: 'servers', name: 'server URLs', version, path: [...path, 'servers', i, 'url'] }];
  });
}

/** With the variables as they are unless somebody says otherwise. */
function versionInServer(server: unknown): string | undefined {
  const { url, variables } = objectOf(server);
  const defaults = objectOf(variables);
  let hasVariable = false;
  const address = (textOf(url) ?? '').replace(/\{([^{}]*)\}/g, (whole, name: string) => {
    if (/version/i.test(name)) hasVariable = true;
    return textOf(objectOf(Object.hasOwn(defaults, name) ? defaults[name] : undefined)['default']) ?? whole;
  });
  const [, host = '', rest = ''] = /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)(.*)$/is.exec(address) ?? [null, '', address];
  const label = host.split('.').find((part) => /^v\d+$/i.test(part));
  const segment = rest.split('/').find(isVersionSegment) ?? label;
  if (segment !== undefined) return major(segment);
  return hasVariable ? '' : undefined;
}

function major(segment: string): string {
  return segment.toLowerCase().replace(/[._].*$/, '');
}

/** `version` in a query is mostly the version of a thing; in a header, with another word before it, of a protocol. */
const PARAMETERS: ReadonlyMap<string, RegExp> = new Map([
  ['query', /^(?:api|accept)[-_]?version$/i],
  ['header', /^(?:x-)?version$|^(?:.*[-_])?(?:api|accept)[-_]?version$/i],
]);

export function inParameter({ node, path }: Site): readonly Locator[] {
  const name = textOf(node['name']) ?? '';
  const place = textOf(node['in']) ?? '';
  if (PARAMETERS.get(place)?.test(name) !== true) return [];
  // Names of headers are the same in any case.
  const key = `${place} ${place === 'header' ? name.toLowerCase() : name}`;
  return [{ key, name: `the ${place} parameter ${name}`, version: '', path }];
}

export function inContent({ node, path }: Site): readonly Locator[] {
  const types = namedOf(node['content']).filter(([type]) => namesVersion(type));
  return types.map(([type]) => ({
    key: 'media types',
    name: 'media types',
    version: '',
    path: [...path, 'content', type],
  }));
}

const IN_NAME = /[.-]v\d+(?:\.\d+)*(?:(?:alpha|beta|rc)\d*)?(?:[.+-]|$)/;
const IN_PARAMETER = /^(?:v|version|api-version)="?\d/;
/** Of documents of an API, and not of a format that has versions of its own, such as OpenMetrics or OpenAPI. */
const IS_DATA = /^application\/(?!vnd\.oai\.).*(?:json|xml)$/;

function namesVersion(type: string): boolean {
  const [name = '', ...parameters] = type.toLowerCase().split(';');
  if (IN_NAME.test(name.trim())) return true;
  return IS_DATA.test(name.trim()) && parameters.some((one) => IN_PARAMETER.test(one.trim()));
}
