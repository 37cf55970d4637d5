import { parseDocument } from 'yaml';
import { fieldsOf, isFields, listOf, referenceOf, textOf, type Fields } from './kong-values.ts';
import type { LeftOuts } from './left-out.ts';

/** A plugin with what it stands at; nothing of it: everywhere. */
export interface KongPlugin {
  readonly name: string;
  readonly config: Fields;
  readonly service: string | undefined;
  readonly route: string | undefined;
  readonly consumer: string | undefined;
}

export interface KongRoute {
  readonly name: string;
  readonly fields: Fields;
}

export interface KongService {
  readonly name: string;
  readonly fields: Fields;
  readonly routes: readonly KongRoute[];
}

export interface KongDocument {
  readonly services: readonly KongService[];
  readonly upstreams: readonly Fields[];
  readonly consumers: readonly Fields[];
  readonly plugins: readonly KongPlugin[];
}

export class KongProblem extends Error {}

const VERSIONS: ReadonlySet<string> = new Set(['1.1', '2.1', '3.0']);
/** Carried over, or without a meaning of their own. */
const SECTIONS: ReadonlySet<string> = new Set([
  '_format_version',
  '_transform',
  '_info',
  '_workspace',
  '_comment',
  'services',
  'routes',
  'upstreams',
  'targets',
  'consumers',
  'plugins',
  'keyauth_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'acls',
]);
/** Of those that are not: who could call with them, or how, is another matter without. */
const SECURITY_SECTIONS: ReadonlySet<string> = new Set([
  'certificates',
  'ca_certificates',
  'snis',
  'hmacauth_credentials',
  'oauth2_credentials',
  'mtls_auth_credentials',
  'consumer_groups',
  'rbac_roles',
]);

/** Reads a declarative configuration as decK and Kong write it. */
export function readKong(text: string, left: LeftOuts): KongDocument {
  const root = rootOf(text);
  for (const name of Object.keys(root)) {
    if (!SECTIONS.has(name)) left.add(name, 'has no counterpart here', SECURITY_SECTIONS.has(name));
  }
  const nested: KongPlugin[] = [];
  const loose = listOf(root['routes']);
  const services = listOf(root['services']).map((fields, index): KongService => {
    const name = nameOf(fields, `service-${index + 1}`);
    nested.push(...pluginsOf(fields['plugins'], { service: name }));
    const own = [...listOf(fields['routes']), ...loose.filter((route) => belongs(route, fields, name))];
    const routes = own.map((route, at) => routeOf(route, `${name}-${at + 1}`, nested));
    return { name, fields, routes };
  });
  for (const route of loose.filter((each) => !services.some(({ fields, name }) => belongs(each, fields, name)))) {
    left.add(`route ${nameOf(route, '?')}`, 'has no service in this file, so it leads nowhere');
  }
  const consumers = listOf(root['consumers']).map((consumer) => withLoose(consumer, root));
  for (const consumer of consumers) {
    nested.push(...pluginsOf(consumer['plugins'], { consumer: textOf(consumer['username']) }));
  }
  const upstreams = listOf(root['upstreams']).map((upstream) => withTargets(upstream, root));
  return { services, upstreams, consumers, plugins: [...pluginsOf(root['plugins'], {}), ...nested] };
}

function rootOf(text: string): Fields {
  const document = parseDocument(text, { maxAliasCount: 100, uniqueKeys: true } as object);
  const [first] = document.errors;
  if (first !== undefined) throw new KongProblem(first.message.split('\n')[0] ?? 'this is no YAML');
  const root: unknown = document.toJS();
  if (!isFields(root)) throw new KongProblem('this is no configuration of Kong, it has no sections');
  const version = textOf(root['_format_version']);
  // YAML reads an unquoted 3.0 as the number 3.
  const known = version !== undefined && (VERSIONS.has(version) || VERSIONS.has(`${version}.0`));
  if (!known)
    throw new KongProblem('`_format_version` is none of 1.1, 2.1 and 3.0, so this is no file of Kong or decK');
  return root;
}

function belongs(route: Fields, service: Fields, name: string): boolean {
  const reference = referenceOf(route['service']);
  return reference !== undefined && (reference === name || reference === textOf(service['id']));
}

function routeOf(fields: Fields, otherwise: string, plugins: KongPlugin[]): KongRoute {
  const name = nameOf(fields, otherwise);
  plugins.push(...pluginsOf(fields['plugins'], { route: name }));
  return { name, fields };
}

function pluginsOf(
  value: unknown,
  at: { service?: string; route?: string; consumer?: string | undefined },
): KongPlugin[] {
  return listOf(value)
    .filter((plugin) => plugin['enabled'] !== false)
    .map((plugin) => ({
      name: textOf(plugin['name']) ?? '',
      config: fieldsOf(plugin['config']),
      service: at.service ?? referenceOf(plugin['service']),
      route: at.route ?? referenceOf(plugin['route']),
      consumer: at.consumer ?? referenceOf(plugin['consumer']),
    }));
}

export function nameOf(fields: Fields, otherwise: string): string {
  return textOf(fields['name']) ?? textOf(fields['id']) ?? otherwise;
}

/** Credentials may stand beside consumers instead of in them. */
function withLoose(consumer: Fields, root: Fields): Fields {
  const own = (entry: Fields): boolean => {
    const reference = referenceOf(entry['consumer']);
    return (
      reference !== undefined && (reference === textOf(consumer['username']) || reference === textOf(consumer['id']))
    );
  };
  const kinds = ['keyauth_credentials', 'basicauth_credentials', 'jwt_secrets', 'acls'];
  const joined = kinds.map((kind) => [kind, [...listOf(consumer[kind]), ...listOf(root[kind]).filter(own)]] as const);
  return { ...consumer, ...Object.fromEntries(joined) };
}

function withTargets(upstream: Fields, root: Fields): Fields {
  const own = listOf(root['targets']).filter((target) => referenceOf(target['upstream']) === textOf(upstream['name']));
  return { ...upstream, targets: [...listOf(upstream['targets']), ...own] };
}
