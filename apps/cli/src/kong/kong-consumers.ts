import { createHash } from 'node:crypto';
import { nameOf } from './kong-entities.ts';
import type { ImportedApi } from './kong-services.ts';
import type { KongToken } from './kong-tokens.ts';
import { defined, listOf, textOf, textsOf, type Fields } from './kong-values.ts';
import type { LeftOuts } from './left-out.ts';
import { Names } from './names.ts';

const CARRIED: ReadonlySet<string> = new Set([
  'username',
  'custom_id',
  'id',
  'tags',
  'created_at',
  'plugins',
  'keyauth_credentials',
  'basicauth_credentials',
  'jwt_secrets',
  'acls',
  'groups',
]);

/** Consumers become applications: their keys as hashes, so that the new file holds no secret, and their groups as subscriptions. */
export function importConsumers(
  consumers: readonly Fields[],
  { apis, tokens }: { readonly apis: readonly ImportedApi[]; readonly tokens: readonly KongToken[] },
  left: LeftOuts,
): Fields {
  const names = new Names();
  const entries = consumers.map((consumer, index) => {
    const called = consumerName(consumer, index);
    const where = `consumer ${called}`;
    tellLosses(consumer, where, left);
    const groups = new Set(listOf(consumer['acls']).flatMap((acl) => textOf(acl['group']) ?? []));
    const subscriptions = apis.filter((api) => mayCall(api, groups)).map(({ name }) => ({ api: name }));
    const own = new Names();
    const application = {
      keys: keysOf(listOf(consumer['keyauth_credentials']), { where, names: own }, left),
      clients: clientsOf(consumer, tokens, own),
      subscriptions: subscriptions.length === 0 ? undefined : subscriptions,
    };
    return [names.fresh('application', called), defined(application)] as const;
  });
  return Object.fromEntries(entries);
}

export function consumerName(consumer: Fields, index: number): string {
  return textOf(consumer['username']) ?? textOf(consumer['custom_id']) ?? nameOf(consumer, `consumer-${index + 1}`);
}

/** In Kong all tokens of an issuer are one consumer's. */
function clientsOf(consumer: Fields, tokens: readonly KongToken[], names: Names): readonly Fields[] | undefined {
  const own = tokens.filter((token) => token.consumer === consumer);
  const clients = own.map(({ issuer, name }) => ({ issuer, id: '*', name: names.fresh('key', name) }));
  return clients.length === 0 ? undefined : clients;
}

/** Only where groups decide: everything else is open, or for whoever has a key. */
function mayCall({ converted: { groups } }: ImportedApi, own: ReadonlySet<string>): boolean {
  if (groups === undefined) return false;
  if (groups.deny.some((group) => own.has(group))) return false;
  return groups.allow.length === 0 || groups.allow.some((group) => own.has(group));
}

function keysOf(
  credentials: readonly Fields[],
  { where, names }: { readonly where: string; readonly names: Names },
  left: LeftOuts,
): readonly Fields[] | undefined {
  const keys = credentials.flatMap((credential) => {
    const key = textOf(credential['key']);
    if (key === undefined || key.startsWith('{vault://') || /\$\{/.test(key)) {
      left.add(where, 'a key whose value stands elsewhere', true);
      return [];
    }
    if (credential['ttl'] !== undefined && credential['ttl'] !== null) left.add(where, 'when a key ends (`ttl`)', true);
    const [tag] = textsOf(credential['tags']);
    return [
      { name: names.fresh('key', tag ?? 'key'), sha256: createHash('sha256').update(key, 'latin1').digest('hex') },
    ];
  });
  return keys.length === 0 ? undefined : keys;
}

function tellLosses(consumer: Fields, where: string, left: LeftOuts): void {
  for (const [name, value] of Object.entries(consumer)) {
    if (CARRIED.has(name) || value === null) continue;
    left.add(where, `\`${name}\` has no counterpart here`, /credential|secret|auth/.test(name));
  }
  if (listOf(consumer['basicauth_credentials']).length > 0) {
    left.add(
      where,
      'a password: Kong keeps it in a way that cannot be carried over, set a new one under `basic`',
      true,
    );
  }
  if (listOf(consumer['groups']).length > 0) left.add(where, 'consumer groups', true);
  for (const plugin of listOf(consumer['plugins'])) {
    left.add(where, `the plugin ${textOf(plugin['name']) ?? '?'} of this consumer: see plans`, true);
  }
}
