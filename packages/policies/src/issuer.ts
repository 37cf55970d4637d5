import { after } from './after.ts';
import { Fetched, fetchJson, type AskingTools } from './fetched.ts';
import { isObject, type Jws } from './jws.ts';
import { keySetOf, type KeySet } from './key-set.ts';
import type { PolicyRuntime } from './policy.ts';

const MINUTE_MS = 60_000;
/** A key that is taken out of a set is believed for so long at the most; one that is new is asked for at once. */
const KEYS = { freshMs: 10 * MINUTE_MS, staleMs: 24 * 60 * MINUTE_MS, floorMs: 30_000 };
const METADATA = { freshMs: 60 * MINUTE_MS, staleMs: 24 * 60 * MINUTE_MS, floorMs: 30_000 };

/** The keys that stand at an address. One for all who use it in a worker, over snapshots. */
export function remoteKeys(url: string, { state }: Pick<PolicyRuntime, 'state'>): Fetched<KeySet> {
  const fetch = async (tools: AskingTools): Promise<KeySet> => {
    const keys = keySetOf(await fetchJson(tools, url));
    if (keys === undefined) throw new Error('it holds no key that signatures are verified with');
    return keys;
  };
  return state(`keys of ${url}`, () => new Fetched({ what: `the key set ${url}`, fetch, ...KEYS }));
}

/** What an issuer says of itself (OpenID Connect Discovery §3, RFC 8414 §2). */
export interface IssuerMetadata {
  readonly keysUrl: string;
  readonly authorizationUrl: string | undefined;
  readonly tokenUrl: string | undefined;
  readonly logoutUrl: string | undefined;
  /** RFC 9207: answers of its authorization endpoint say who gives them. */
  readonly namesItself: boolean;
}

export function issuerMetadata(issuer: string, { state }: Pick<PolicyRuntime, 'state'>): Fetched<IssuerMetadata> {
  const url = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const fetch = async (tools: AskingTools): Promise<IssuerMetadata> => metadataOf(await fetchJson(tools, url), issuer);
  return state(`metadata of ${issuer}`, () => new Fetched({ what: `the metadata of ${issuer}`, fetch, ...METADATA }));
}

export function metadataOf(json: unknown, issuer: string): IssuerMetadata {
  // Discovery §4.3: one that calls itself otherwise is not the one that is trusted.
  if (!isObject(json) || json['issuer'] !== issuer) throw new Error('it does not call itself so');
  const url = (name: string): string | undefined => {
    const text = json[name];
    if (text === undefined) return undefined;
    if (typeof text !== 'string' || !isSafeUrl(text, issuer)) throw new Error(`its ${name} is no URL to trust`);
    return text;
  };
  const keysUrl = url('jwks_uri');
  if (keysUrl === undefined) throw new Error('it names no jwks_uri');
  return {
    keysUrl,
    authorizationUrl: url('authorization_endpoint'),
    tokenUrl: url('token_endpoint'),
    logoutUrl: url('end_session_endpoint'),
    namesItself: json['authorization_response_iss_parameter_supported'] === true,
  };
}

/** Whoever is asked over TLS does not send us on to plain text. */
function isSafeUrl(text: string, issuer: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && issuer.startsWith('http:'));
}

/** Where keys come from: a set in hand, or an issuer who is asked. */
export interface KeySource {
  /** The set as it is now. Throws or rejects with `auth.unavailable`. */
  keys(): KeySet | Promise<KeySet>;
  /** The set after asking anew, where that may be. */
  renewed(): KeySet | Promise<KeySet>;
}

export function fixedKeys(keys: KeySet): KeySource {
  return { keys: () => keys, renewed: () => keys };
}

export function keysAt(url: string, runtime: PolicyRuntime): KeySource {
  const kept = remoteKeys(url, runtime);
  return { keys: () => kept.value(runtime), renewed: () => kept.renewed(runtime) };
}

/** Of an issuer whose metadata say where they are. */
export function keysOfIssuer(issuer: string, runtime: PolicyRuntime): KeySource {
  const metadata = issuerMetadata(issuer, runtime);
  const through = (next: (keys: Fetched<KeySet>) => KeySet | Promise<KeySet>): KeySet | Promise<KeySet> =>
    after(metadata.value(runtime), ({ keysUrl }) => next(remoteKeys(keysUrl, runtime)));
  return {
    keys: () => through((keys) => keys.value(runtime)),
    renewed: () => through((keys) => keys.renewed(runtime)),
  };
}

/** The set that a token is looked up in: a `kid` that nobody knows is asked for once more, so that keys may change at any time. */
export function keysFor(source: KeySource, jws: Jws): KeySet | Promise<KeySet> {
  return after(source.keys(), (keys) => (keys.knows(jws) ? keys : source.renewed()));
}
