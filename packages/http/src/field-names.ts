import { item } from '@gatehouse/kernel';
import { TOKEN_LOWER } from './grammar.ts';
import { tableAt } from './table-read.ts';

/** Fields that the engine or the gate reads, numbered; every other name is `OTHER`. */
const NAMES = [
  'host',
  'connection',
  'content-length',
  'transfer-encoding',
  'expect',
  'upgrade',
  'te',
  'trailer',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'http2-settings',
  'authorization',
  'x-api-key',
  'apikey',
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-uri',
  'x-forwarded-method',
  'x-forwarded-server',
  'x-real-ip',
  'x-forwarded-scheme',
  'x-client-ip',
  'x-cluster-client-ip',
  'client-ip',
  'true-client-ip',
  'cf-connecting-ip',
  'x-gatehouse-application',
  'x-gatehouse-credential',
  'x-gatehouse-plan',
  'via',
  'x-request-id',
  'traceparent',
  'tracestate',
  'max-forwards',
  'content-type',
  'date',
  'server',
  'retry-after',
  'user-agent',
  'content-encoding',
  'early-data',
] as const;

export type KnownName = (typeof NAMES)[number];

export const OTHER = 0;
/** Holds an underscore: an alias of a dashed name to many CGI-like servers, so it is never forwarded nor seen. */
export const UNDERSCORE = 254;
/** Number of a field that goes no further, and can still be read by its name. */
export const WITHHELD = 253;
/** Taken out of the head. */
export const REMOVED = 255;

function numbered(): Readonly<Record<KnownName, number>> {
  const byName: Partial<Record<KnownName, number>> = {};
  NAMES.forEach((name, index) => (byName[name] = index + 1));
  return complete(byName);
}

/** The loop above visits every member of NAMES, so nothing is missing. */
function complete(byName: Partial<Record<KnownName, number>>): Readonly<Record<KnownName, number>> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return byName as Record<KnownName, number>;
}

/** Name → number. */
export const FIELD = numbered();

const MASK = 1023;

function nameHash(name: string, multiplier: number): number {
  let hash = 0;
  for (let i = 0; i < name.length; i++) hash = (Math.imul(hash, multiplier) + name.charCodeAt(i)) | 0;
  return hash;
}

/** The smallest odd multiplier that spreads NAMES over the table without a collision; found once at start. */
function perfectMultiplier(): number {
  for (let multiplier = 31; ; multiplier += 2) {
    const seen = new Set(NAMES.map((name) => nameHash(name, multiplier) & MASK));
    if (seen.size === NAMES.length) return multiplier;
  }
}

export const NAME_MULTIPLIER = perfectMultiplier();

const BY_HASH = new Uint8Array(MASK + 1);
NAMES.forEach((name) => (BY_HASH[nameHash(name, NAME_MULTIPLIER) & MASK] = FIELD[name]));

/** The number of the name at `[start, end)` whose rolling lower-case hash is `hash`. */
export function knownName(text: string, start: number, end: number, hash: number): number {
  const id = tableAt(BY_HASH, hash & MASK);
  return id !== OTHER && sameName(text, start, end, item(NAMES, id - 1)) ? id : OTHER;
}

/** Does `[start, end)` spell the lower-case `name`, in any case? */
export function sameName(text: string, start: number, end: number, name: string): boolean {
  if (end - start !== name.length) return false;
  for (let i = 0; i < name.length; i++) {
    if (tableAt(TOKEN_LOWER, text.charCodeAt(start + i)) !== name.charCodeAt(i)) return false;
  }
  return true;
}
