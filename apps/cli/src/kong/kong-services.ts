import type { KongDocument, KongPlugin, KongRoute, KongService } from './kong-entities.ts';
import { kongPath } from './kong-paths.ts';
import { convertPlugins, type Converted } from './kong-plugins.ts';
import type { KongToken } from './kong-tokens.ts';
import { defined, fieldsOf, listOf, numberOf, textOf, textsOf, type Fields } from './kong-values.ts';
import type { LeftOuts } from './left-out.ts';
import { Names } from './names.ts';

/** One API of the gate, with what consumers need to know of it. */
export interface ImportedApi {
  readonly name: string;
  readonly source: Fields;
  readonly converted: Converted;
}

/** Conditions times methods that one route may come to. */
const ROUTES_MAX = 64;

/** A route of Kong becomes an API for each of its paths, because each path is taken off by itself. */
export function importServices(
  document: KongDocument,
  tokens: readonly KongToken[],
  left: LeftOuts,
): { apis: ImportedApi[]; upstreams: Fields } {
  const names = new Names();
  const upstreams: Record<string, Fields> = {};
  const apis = document.services.flatMap((service) => {
    if (service.fields['enabled'] === false) {
      left.add(`service ${service.name}`, 'is disabled in Kong, so it is not carried over');
      return [];
    }
    const upstream = names.fresh('upstream', service.name);
    upstreams[upstream] = upstreamOf(service, document, left);
    const place = { service, upstream, names, tokens };
    return service.routes.flatMap((route) => apisOf({ ...place, route }, document.plugins, left));
  });
  return { apis, upstreams };
}

interface RoutePlace {
  readonly service: KongService;
  readonly route: KongRoute;
  readonly upstream: string;
  readonly names: Names;
  readonly tokens: readonly KongToken[];
}

function apisOf(
  { service, route, upstream, names, tokens }: RoutePlace,
  plugins: readonly KongPlugin[],
  left: LeftOuts,
): ImportedApi[] {
  const where = `service ${service.name}, route ${route.name}`;
  const { fields } = route;
  tellLosses(fields, where, left);
  const converted = convertPlugins(actingAt(plugins, service, route), { where, left, tokens });
  const paths = textsOf(fields['paths']);
  const conditions = conditionsOf(fields, where, left);
  return (paths.length === 0 ? ['/'] : paths).flatMap((text) => {
    const path = kongPath(text);
    if (path === undefined) {
      left.add(where, `the path \`${text}\`, which is no pattern here: calls to it get 404`);
      return [];
    }
    if (path.wider) left.add(where, `the path \`${text}\` is taken for any segment in its place, not only for some`);
    const strip = fields['strip_path'] !== false;
    const name = names.fresh('api', route.name);
    const source = {
      title: route.name === name ? undefined : route.name,
      basePath: path.prefix === '' ? undefined : path.prefix,
      stripBasePath: strip ? undefined : false,
      hosts: orNothing(textsOf(fields['hosts'])),
      access: accessOf(converted),
      upstream,
      policies: orNothing(converted.policies),
      routes: conditions.map((condition) => ({ ...condition, path: path.path })),
    };
    return [{ name, source: defined(source), converted }];
  });
}

function accessOf({ isAsked, groups }: Converted): string {
  if (groups !== undefined) return 'subscribed';
  return isAsked ? 'key' : 'open';
}

/** A plugin acts at its most special place: a route before a service before everywhere. Those of consumers are told of elsewhere. */
function actingAt(plugins: readonly KongPlugin[], service: KongService, route: KongRoute): readonly KongPlugin[] {
  const shared = plugins.filter((plugin) => plugin.consumer === undefined);
  const names = (reference: string | undefined, name: string, { id }: Fields): boolean =>
    reference !== undefined && (reference === name || reference === textOf(id));
  return [
    ...shared.filter((plugin) => names(plugin.route, route.name, route.fields)),
    ...shared.filter((plugin) => plugin.route === undefined && names(plugin.service, service.name, service.fields)),
    ...shared.filter((plugin) => plugin.route === undefined && plugin.service === undefined),
  ];
}

/** Every method with every choice of header values; one without either when none is asked for. */
function conditionsOf(fields: Fields, where: string, left: LeftOuts): readonly Fields[] {
  const methods = textsOf(fields['methods']);
  const headers = Object.entries(fieldsOf(fields['headers'])).map(([name, values]) => [name, textsOf(values)] as const);
  let choices: readonly Readonly<Record<string, string>>[] = [{}];
  for (const [name, values] of headers) {
    if (values.some((value) => value.startsWith('~*'))) {
      left.add(where, `values of \`${name}\` that are expressions: calls that only they let through get 404`);
    }
    const plain = values.filter((value) => !value.startsWith('~*'));
    choices = choices.flatMap((choice) => plain.map((value) => ({ ...choice, [name]: value })));
  }
  const all = (methods.length === 0 ? [undefined] : methods).flatMap((method) =>
    choices.map((choice) => defined({ method, when: headers.length === 0 ? undefined : { headers: choice } })),
  );
  if (all.length > ROUTES_MAX) left.add(where, `more than ${ROUTES_MAX} choices of methods and header values`);
  return all.slice(0, ROUTES_MAX);
}

function tellLosses(fields: Fields, where: string, left: LeftOuts): void {
  const protocols = textsOf(fields['protocols']);
  if (
    protocols.length > 0 &&
    !protocols.includes('http') &&
    protocols.some((each) => each === 'https' || each === 'grpcs')
  ) {
    left.add(where, 'is for https only, which a gate without TLS of its own cannot tell', true);
  }
  if (protocols.some((each) => !['http', 'https', 'grpc', 'grpcs', 'ws', 'wss'].includes(each))) {
    left.add(where, `protocols \`${protocols.join('`, `')}\``);
  }
  if (fields['preserve_host'] === true)
    left.add(where, '`preserve_host`: upstreams see their own host, and the caller’s in x-forwarded-host');
  for (const name of ['snis', 'sources', 'destinations', 'expression']) {
    if (fields[name] !== undefined && fields[name] !== null) left.add(where, `\`${name}\``, true);
  }
}

const BALANCE: Readonly<Record<string, string>> = {
  'round-robin': 'round-robin',
  'least-connections': 'least-requests',
  'consistent-hashing': 'consistent-hash',
  latency: 'peak-ewma',
};

function upstreamOf({ name, fields }: KongService, document: KongDocument, left: LeftOuts): Fields {
  const where = `service ${name}`;
  const { scheme, host, port, path } = addressOf(fields);
  const upstream = document.upstreams.find((each) => textOf(each['name']) === host);
  if (!['http', 'https'].includes(schemeOf(scheme))) left.add(where, `the protocol \`${scheme}\``);
  const unverified = fields['tls_verify'] === false && schemeOf(scheme) === 'https';
  if (unverified) left.add(where, '`tls_verify: false` is kept: whoever stands in between reads everything', true);
  for (const each of ['client_certificate', 'ca_certificates']) {
    if (fields[each] !== undefined && fields[each] !== null) left.add(where, `\`${each}\``, true);
  }
  const url = (address: string, weight?: number): unknown => {
    const whole = `${schemeOf(scheme)}://${address}${path}`;
    return weight === undefined || weight === 100 ? whole : { url: whole, weight };
  };
  const targets = upstream === undefined ? [url(`${host}:${port}`)] : targetsOf(upstream, url);
  if (targets.length === 0) left.add(where, `the upstream \`${host}\` has no targets`);
  const retries = numberOf(fields['retries']);
  const algorithm = textOf(upstream?.['algorithm']) ?? 'round-robin';
  if (upstream !== undefined) tellUpstreamLosses(upstream, where, left);
  return defined({
    balance: upstream === undefined ? undefined : (BALANCE[algorithm] ?? 'peak-ewma'),
    hash: upstream === undefined || algorithm !== 'consistent-hashing' ? undefined : hashOf(upstream, where, left),
    targets: targets.length === 0 ? ['http://127.0.0.1:1'] : targets,
    tls: unverified && targets.length > 0 ? { verify: false } : undefined,
    health: upstream && healthOf(upstream),
    timeouts: timeoutsOf(fields),
    retries: retries === undefined ? undefined : { attempts: Math.min(10, Math.max(0, retries)) },
  });
}

function schemeOf(protocol: string): string {
  return { http: 'http', https: 'https', grpc: 'http', grpcs: 'https', ws: 'http', wss: 'https' }[protocol] ?? protocol;
}

function addressOf(fields: Fields): { scheme: string; host: string; port: number; path: string } {
  const text = textOf(fields['url']);
  if (text !== undefined && URL.canParse(text)) {
    const url = new URL(text);
    const scheme = url.protocol.slice(0, -1);
    const port = url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port);
    return { scheme, host: url.hostname, port, path: url.pathname.replace(/\/+$/, '') };
  }
  const scheme = textOf(fields['protocol']) ?? 'http';
  return {
    scheme,
    host: textOf(fields['host']) ?? 'localhost',
    port: numberOf(fields['port']) ?? 80,
    path: (textOf(fields['path']) ?? '').replace(/\/+$/, ''),
  };
}

function targetsOf(upstream: Fields, url: (address: string, weight?: number) => unknown): unknown[] {
  return listOf(upstream['targets']).flatMap((target) => {
    const address = textOf(target['target']);
    if (address === undefined) return [];
    return [url(/:\d+$/.test(address) ? address : `${address}:8000`, numberOf(target['weight']))];
  });
}

function tellUpstreamLosses(upstream: Fields, where: string, left: LeftOuts): void {
  const passive = fieldsOf(fieldsOf(upstream['healthchecks'])['passive']);
  const failures = Object.entries(fieldsOf(passive['unhealthy'])).filter(([, value]) => (numberOf(value) ?? 0) > 0);
  if (failures.length > 0) left.add(where, 'thresholds of passive health checks: the gate ejects by its own');
}

/** What requests are told apart by; Kong without a word of it takes the consumer, else the address. */
function hashOf(upstream: Fields, where: string, left: LeftOuts): Fields | undefined {
  const on = textOf(upstream['hash_on']) ?? 'none';
  const fallback = textOf(upstream['hash_fallback']) ?? 'none';
  if (fallback !== 'none')
    left.add(where, `\`hash_fallback: ${fallback}\`: requests without what is hashed go anywhere`);
  const name = (field: string): string => textOf(upstream[field]) ?? '';
  const known: Readonly<Record<string, string>> = {
    none: 'application',
    consumer: 'application',
    ip: 'ip',
    header: `header:${name('hash_on_header')}`,
    cookie: `cookie:${name('hash_on_cookie')}`,
    path: 'path',
    query_arg: `query:${name('hash_on_query_arg')}`,
  };
  const by = known[on];
  if (by === undefined || by.endsWith(':')) {
    left.add(where, `\`hash_on: ${on}\`: the caller’s address is hashed`);
    return undefined;
  }
  if (on === 'cookie') left.add(where, 'callers without the cookie that is hashed are not given one');
  return { by };
}

function healthOf(upstream: Fields): Fields | undefined {
  const active = fieldsOf(fieldsOf(upstream['healthchecks'])['active']);
  const healthy = fieldsOf(active['healthy']);
  const unhealthy = fieldsOf(active['unhealthy']);
  const interval = numberOf(healthy['interval']) ?? 0;
  if (interval <= 0) return undefined;
  const timeout = numberOf(active['timeout']);
  return defined({
    path: textOf(active['http_path']) ?? '/',
    interval: `${interval}s`,
    timeout: timeout === undefined ? undefined : `${timeout}s`,
    unhealthyAfter: positive(unhealthy['http_failures']),
    healthyAfter: positive(healthy['successes']),
  });
}

function positive(value: unknown): number | undefined {
  const number = numberOf(value);
  return number === undefined || number < 1 ? undefined : Math.min(100, number);
}

function timeoutsOf(fields: Fields): Fields | undefined {
  const ms = (name: string): string | undefined => {
    const value = numberOf(fields[name]);
    return value === undefined ? undefined : `${Math.min(86_400_000, Math.max(1, value))}ms`;
  };
  const found = { connect: ms('connect_timeout'), firstByte: ms('read_timeout'), idle: ms('read_timeout') };
  return Object.values(found).every((each) => each === undefined) ? undefined : defined(found);
}

function orNothing<T>(list: readonly T[]): readonly T[] | undefined {
  return list.length === 0 ? undefined : list;
}
