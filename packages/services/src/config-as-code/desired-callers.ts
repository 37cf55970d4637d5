import { createHash } from 'node:crypto';
import { nameOf, type Reading } from './reading.ts';

/** Ways to show who calls that are known to a gate's own file only. */
const NOT_STORED: ReadonlySet<string> = new Set(['basic', 'clients', 'certificates', 'signatures']);
const SHA256 = /^[0-9a-f]{64}$/;

export function applications(reading: Reading, value: unknown): void {
  for (const [name, application] of Object.entries(reading.members(value, 'applications'))) {
    const at = `applications.${name}`;
    const { team, keys, subscriptions: asked, ...rest } = reading.members(application, at);
    const others = Object.keys(rest).filter((member) => NOT_STORED.has(member));
    for (const other of others) {
      const keep = 'keep this in the file that the machine starts with';
      reading.problem(`${at}.${other}`, `an application of the store has keys only, ${keep}`);
    }
    reading.nothingElse(rest, at, others);
    reading.add({ kind: 'application', name, data: { team: reading.text(team, `${at}.team`) }, at });
    for (const [index, key] of reading.list(keys, `${at}.keys`).entries())
      credential(reading, name, { key, at: `${at}.keys[${index}]` });
    subscriptions(reading, name, { asked, at: `${at}.subscriptions` });
  }
}

function credential(
  reading: Reading,
  parent: string,
  { key, at }: { readonly key: unknown; readonly at: string },
): void {
  const { name: called, secret, sha256, owner, expires, ...rest } = reading.members(key, at);
  reading.nothingElse(rest, at);
  const name = reading.text(called, `${at}.name`);
  if (name === undefined) return reading.problem(at, 'a key has a `name`');
  const lookup = typeof sha256 === 'string' ? sha256.toLowerCase() : hashOf(secret);
  if (lookup === undefined || !SHA256.test(lookup)) return reading.problem(at, 'a key has a `secret`, or its `sha256`');
  const expiresAt = expires === undefined ? undefined : momentOf(expires);
  const note = owner === undefined ? {} : { note: 'its `owner` is not kept in the store' };
  reading.add({ kind: 'credential', parent, name, data: { expiresAt }, lookup, at, ...note });
}

/** `***` stands for what is not known here. */
function hashOf(secret: unknown): string | undefined {
  const isKnown = (typeof secret === 'string' && secret !== '***' && secret !== '') || typeof secret === 'number';
  return isKnown ? sha256Of(String(secret)) : undefined;
}

/** A day is its beginning. What is none is said to be none where it is kept. */
function momentOf(text: unknown): string {
  const ms = /^\d{4}-\d{2}-\d{2}/.test(String(text)) ? Date.parse(String(text)) : Number.NaN;
  return Number.isNaN(ms) ? String(text) : new Date(ms).toISOString();
}

function sha256Of(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

interface Asked {
  readonly product: string;
  readonly plan: string;
  readonly version: string | undefined;
  readonly at: string;
}

/** An application is subscribed once to an api under a plan: to one of its versions, or to all. */
function subscriptions(
  reading: Reading,
  parent: string,
  { asked, at }: { readonly asked: unknown; readonly at: string },
): void {
  const all = reading.list(asked, at).flatMap((one, index) => subscription(reading, one, `${at}[${index}]`));
  for (const same of Map.groupBy(all, ({ product, plan }) => `${product}/${plan}`).values()) {
    const [first] = same;
    if (first === undefined) continue;
    const { product, plan } = first;
    const known = [...reading.versions.values()].filter((each) => each.api === product);
    const named = new Set(same.map(({ version }) => version));
    const isAll = named.size === known.length;
    if (named.size > 1 && !isAll) {
      reading.problem(first.at, 'the store keeps a subscription to one version of an api or to all, name one or all');
      continue;
    }
    // One that is named twice is told as such.
    for (const { at: place, version } of named.size > 1 ? [first] : same) {
      const data = { api: product, plan, version: isAll ? undefined : version };
      reading.add({ kind: 'subscription', parent, name: `${product}/${plan}`, data, at: place });
    }
  }
}

function subscription(reading: Reading, one: unknown, at: string): readonly Asked[] {
  const { api, plan: named, ...rest } = reading.members(one, at);
  reading.nothingElse(rest, at);
  const called = reading.text(api, `${at}.api`);
  if (called === undefined) {
    reading.problem(at, '`api` says what is subscribed to');
    return [];
  }
  const { api: product, version } = reading.versions.get(called) ?? { api: called, version: undefined };
  const plan = reading.text(named, `${at}.plan`) ?? unlimited(reading, { product, at });
  return [{ product, plan, version, at }];
}

/** Subscriptions of the store are under a plan: one that limits nothing stands for none. */
function unlimited(reading: Reading, { product, at }: { readonly product: string; readonly at: string }): string {
  const plan = nameOf(`${product}-unlimited`);
  if (!reading.has('plan', plan)) {
    reading.add({ kind: 'plan', name: plan, data: { apis: [product], spec: {}, approval: 'manual' }, at });
  }
  return plan;
}
