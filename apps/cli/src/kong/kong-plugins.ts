import type { KongPlugin } from './kong-entities.ts';
import { identityOf, OTHER_IDENTITY } from './kong-identity.ts';
import type { KongToken } from './kong-tokens.ts';
import { fieldsOf, numberOf, textOf, textsOf, type Fields } from './kong-values.ts';
import type { LeftOuts } from './left-out.ts';

type Policy = Readonly<Record<string, unknown>>;

/** What the plugins of one route come to. */
export interface Converted {
  readonly policies: readonly Policy[];
  /** Callers must show who they are. */
  readonly isAsked: boolean;
  /** Only consumers of these groups may call, or all but those; undefined: any. */
  readonly groups: { readonly allow: readonly string[]; readonly deny: readonly string[] } | undefined;
}

interface Place {
  readonly where: string;
  readonly left: LeftOuts;
}

interface RoutePlace extends Place {
  readonly tokens: readonly KongToken[];
}

/** What the gate does by itself, or what changes nothing for callers. */
const BUILT_IN: Readonly<Record<string, string>> = {
  prometheus: 'metrics are served on the status port',
  'file-log': 'every call is recorded in the data folder',
  'http-log': 'every call is recorded in the data folder',
  'tcp-log': 'every call is recorded in the data folder',
  'udp-log': 'every call is recorded in the data folder',
  syslog: 'every call is recorded in the data folder',
  loggly: 'every call is recorded in the data folder',
  datadog: 'metrics are served on the status port',
  statsd: 'metrics are served on the status port',
  zipkin: 'trace ids are passed on by themselves',
  opentelemetry: 'trace ids are passed on by themselves',
  'correlation-id': 'every call has its x-request-id',
};

/** Without them somebody may get in who could not before, or cannot who could. */
const SECURITY: ReadonlySet<string> = new Set([
  'session',
  'opa',
  'bot-detection',
  'acme',
  'injection-protection',
  'request-validator',
  'json-threat-protection',
]);

/** The plugins that act on one route, most special place first: of each name only the first acts, as in Kong. */
export function convertPlugins(plugins: readonly KongPlugin[], place: RoutePlace): Converted {
  const acting = new Map<string, KongPlugin>();
  for (const plugin of plugins) if (!acting.has(plugin.name)) acting.set(plugin.name, plugin);
  const policies = [...acting.values()].flatMap((plugin) => policiesOf(plugin, place));
  const acl = acting.get('acl')?.config;
  const others = [...acting.keys()].some((name) => OTHER_IDENTITY.has(name));
  const identity = identityOf((name) => acting.get(name)?.config, others, place);
  return {
    policies: [...(identity ?? []), ...policies],
    isAsked: identity !== undefined,
    groups: acl && { allow: groups(acl, 'allow', 'whitelist'), deny: groups(acl, 'deny', 'blacklist') },
  };
}

function groups(config: Fields, name: string, old: string): readonly string[] {
  return [...textsOf(config[name]), ...textsOf(config[old])];
}

function policiesOf({ name, config }: KongPlugin, { where, left }: Place): readonly Policy[] {
  const place = { where: `${where}, plugin ${name}`, left };
  const convert = CONVERSIONS[name];
  if (convert !== undefined) return convert(config, place);
  const builtIn = Object.hasOwn(BUILT_IN, name) ? BUILT_IN[name] : undefined;
  if (builtIn !== undefined) left.add(place.where, `not needed: ${builtIn}`);
  else if (OTHER_IDENTITY.has(name))
    left.add(place.where, 'has no counterpart here, so callers must show something else, such as a key', true);
  else left.add(place.where, 'has no counterpart here', SECURITY.has(name));
  return [];
}

const CONVERSIONS: Readonly<Record<string, (config: Fields, place: Place) => readonly Policy[]>> = {
  'key-auth': () => [],
  'basic-auth': () => [],
  jwt: () => [],
  acl: () => [],
  'rate-limiting': rateLimits,
  'request-size-limiting': bodySize,
  cors,
  'ip-restriction': (config) => [
    { 'ip-access': { allow: groups(config, 'allow', 'whitelist'), deny: groups(config, 'deny', 'blacklist') } },
  ],
  'request-termination': termination,
  'request-transformer': (config, place) => {
    const rewrite = rewriteOf(config);
    return [...headers(config, place, 'request'), ...(rewrite === undefined ? [] : [{ rewrite }])];
  },
  'response-transformer': (config, place) => headers(config, place, 'response'),
  'proxy-cache': (config, place) => {
    place.left.add(place.where, 'replies are kept as RFC 9111 says, whatever methods and statuses the plugin names');
    return [{ cache: { ttl: `${numberOf(config['cache_ttl']) ?? 300}s` } }];
  },
};

/** What answers in place of the upstream: closed for a while, or anything else that stands fast. */
function termination(config: Fields, { where, left }: Place): readonly Policy[] {
  const status = numberOf(config['status_code']) ?? 503;
  const [message, body] = [textOf(config['message']), textOf(config['body'])];
  if (Boolean(config['trigger']) || Boolean(config['echo'])) {
    left.add(where, `answers with status ${status} in a way that has no counterpart here`, true);
    return [];
  }
  if (status === 503 && body === undefined) return [{ maintenance: message === undefined ? {} : { message } }];
  const type = textOf(config['content_type']) ?? 'application/json; charset=utf-8';
  if (body !== undefined) return [{ mock: { status, body, headers: { 'content-type': type } } }];
  return [{ mock: message === undefined ? { status } : { status, body: { message } } }];
}

/** Kong's expressions, as in `$(headers.x)`. */
const EXPRESSION = /\$\(/;

/** What of a transformer is said by `rewrite`: fixed parameters and a fixed path. */
function rewriteOf(config: Fields): Policy | undefined {
  const remove = textsOf(fieldsOf(config['remove'])['querystring']);
  const pairs = textsOf(fieldsOf(config['replace'])['querystring']).filter((pair) => isFixed(pair, 'querystring'));
  const path = textOf(fieldsOf(config['replace'])['uri']);
  const query = {
    ...(pairs.length > 0 && { set: Object.fromEntries(pairs.map((pair) => splitAt(pair))) }),
    ...(remove.length > 0 && { remove }),
  };
  const rewrite = {
    ...(path !== undefined && isFixed(path, 'uri') && { path }),
    ...(Object.keys(query).length > 0 && { query }),
  };
  return Object.keys(rewrite).length === 0 ? undefined : rewrite;
}

function isFixed(text: string, part: string): boolean {
  if (EXPRESSION.test(text) || /[{}]/.test(text)) return false;
  return part === 'uri' ? text.startsWith('/') : text.indexOf(':') > 0;
}

function splitAt(pair: string): [name: string, value: string] {
  const colon = pair.indexOf(':');
  return [pair.slice(0, colon), pair.slice(colon + 1)];
}

/** Parts of a transformer that `rewriteOf` carries over whole. */
function isRewritten(verb: string, part: string, value: unknown): boolean {
  if (part === 'uri') return verb === 'replace' && isFixed(textOf(value) ?? '', 'uri');
  if (part !== 'querystring') return false;
  return verb === 'remove' || (verb === 'replace' && textsOf(value).every((pair) => isFixed(pair, 'querystring')));
}

const WINDOWS = [
  ['second', '1s'],
  ['minute', '1m'],
  ['hour', '1h'],
  ['day', '1d'],
  ['month', '30d'],
  ['year', '365d'],
] as const;

function rateLimits(config: Fields, { where, left }: Place): readonly Policy[] {
  const by = limitBy(config);
  if (by === undefined) left.add(where, `counts by \`${textOf(config['limit_by'])}\`, which is no way to count here`);
  return WINDOWS.flatMap(([unit, window]) => {
    const limit = numberOf(config[unit]);
    if (limit === undefined || limit < 1) return [];
    if (unit === 'month' || unit === 'year') left.add(where, `a ${unit} is counted as ${window}, not by the calendar`);
    return [{ 'rate-limit': { limit, window, ...(by !== undefined && by !== '' && { by }) } }];
  });
}

/** '': the application when it is known, else the address, which is what `consumer` means in Kong. */
function limitBy(config: Fields): string | undefined {
  const by = textOf(config['limit_by']) ?? 'consumer';
  if (by === 'header') return `header:${textOf(config['header_name']) ?? 'x-none'}`;
  return { consumer: '', credential: 'credential', ip: 'ip', service: 'route', path: 'route' }[by];
}

const SIZE_UNITS: Readonly<Record<string, string>> = { megabytes: 'MiB', kilobytes: 'KiB', bytes: 'B' };

function bodySize(config: Fields): readonly Policy[] {
  const size = numberOf(config['allowed_payload_size']) ?? 128;
  return [{ 'body-size': { max: `${size}${SIZE_UNITS[textOf(config['size_unit']) ?? 'megabytes'] ?? 'MiB'}` } }];
}

function cors(config: Fields, { where, left }: Place): readonly Policy[] {
  const origins = textsOf(config['origins']);
  const plain = origins.filter((origin) => /^(?:\*|https?:\/\/[^\\^$()[\]|?+]+)$/.test(origin));
  const odd = origins.filter((origin) => !plain.includes(origin));
  if (odd.length > 0) left.add(where, `origins that are expressions: \`${odd.join('`, `')}\``);
  const credentials = config['credentials'] === true;
  if (credentials && plain.includes('*')) {
    left.add(where, 'credentials with any origin, which lets every page act as its visitor: name the origins', true);
  }
  const maxAge = numberOf(config['max_age']);
  return [
    {
      cors: {
        origins: origins.length === 0 ? ['*'] : plain.filter((origin) => !credentials || origin !== '*'),
        methods: textsOf(config['methods']),
        headers: textsOf(config['headers']),
        exposeHeaders: textsOf(config['exposed_headers']),
        credentials: credentials && origins.length > 0,
        ...(maxAge !== undefined && maxAge > 0 && { maxAge: `${maxAge}s` }),
      },
    },
  ];
}

/** Kong's `add` is for fields that are not there, `append` for any; both are `add` here, `replace` and `set` are `set`. */
function headers(config: Fields, { where, left }: Place, side: 'request' | 'response'): readonly Policy[] {
  const set: Record<string, string> = {};
  const add: Record<string, string> = {};
  const remove: string[] = [];
  for (const [verb, parts] of Object.entries(config)) {
    if (typeof parts !== 'object' || parts === null) continue;
    for (const [part, value] of Object.entries(parts)) {
      if (side === 'request' && isRewritten(verb, part, value)) continue;
      const values = part === 'uri' ? [textOf(value) ?? []].flat() : textsOf(value);
      if (values.length === 0) continue;
      const known = part === 'headers' && ['add', 'append', 'remove', 'replace'].includes(verb);
      if (!known || values.some((each) => EXPRESSION.test(each))) {
        left.add(where, `\`${verb}.${part}\``);
        continue;
      }
      for (const each of values) {
        const colon = each.indexOf(':');
        if (verb === 'remove') remove.push(each.toLowerCase());
        else if (colon > 0)
          (verb === 'replace' ? set : add)[each.slice(0, colon).toLowerCase()] = each.slice(colon + 1).trim();
      }
      if (verb === 'replace') left.add(where, '`replace.headers` sets fields also where there were none');
    }
  }
  if (Object.keys(set).length + Object.keys(add).length + remove.length === 0) return [];
  return [{ headers: { [side]: { set, add, remove } } }];
}
