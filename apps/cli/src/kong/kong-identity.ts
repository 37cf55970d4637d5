import type { KongToken } from './kong-tokens.ts';
import { defined, numberOf, textOf, textsOf, type Fields } from './kong-values.ts';
import type { LeftOuts } from './left-out.ts';

type Policy = Readonly<Record<string, unknown>>;

interface Place {
  readonly where: string;
  readonly left: LeftOuts;
  readonly tokens: readonly KongToken[];
}

/** What asks callers who they are, and cannot do so here. */
export const OTHER_IDENTITY: ReadonlySet<string> = new Set([
  'hmac-auth',
  'oauth2',
  'oauth2-introspection',
  'openid-connect',
  'ldap-auth',
  'ldap-auth-advanced',
  'mtls-auth',
  'vault-auth',
  'jwt-signer',
  'saml',
  'header-cert-auth',
  'key-auth-enc',
]);

/** The plugins of a route that ask who calls; `undefined` where none does. */
export function identityOf(
  configOf: (plugin: string) => Fields | undefined,
  others: boolean,
  place: Place,
): readonly Policy[] | undefined {
  const [keys, passwords, tokens] = [configOf('key-auth'), configOf('basic-auth'), configOf('jwt')];
  if (keys !== undefined) checkKeys(keys, place);
  if (passwords !== undefined) checkPasswords(passwords, place, keys !== undefined);
  const signed = tokens === undefined ? [] : tokenPolicies(tokens, place);
  if (tokens !== undefined && signed.length > 0 && (keys ?? passwords) !== undefined) {
    place.left.add(`${place.where}, plugin jwt`, 'Kong asks for a token besides, here either of them will do', true);
  }
  if (keys === undefined && passwords === undefined && tokens === undefined) return others ? [] : undefined;
  const named = [...(passwords === undefined ? [] : [{ basic: {} }]), ...signed];
  // Keys alone need no policy.
  return keys === undefined || named.length === 0 ? named : [{ key: {} }, ...named];
}

function checkKeys(config: Fields, { where, left }: Place): void {
  const names = textsOf(config['key_names']).map((name) => name.toLowerCase());
  const known = new Set(['apikey', 'x-api-key', 'authorization']);
  const others = names.filter((name) => !known.has(name));
  if (others.length > 0)
    left.add(`${where}, plugin key-auth`, `keys are not taken from \`${others.join('`, `')}\``, true);
  if (textOf(config['anonymous']) !== undefined) {
    left.add(`${where}, plugin key-auth`, 'callers without a key are refused, there is no anonymous consumer', true);
  }
}

function checkPasswords(config: Fields, { where, left }: Place, keys: boolean): void {
  const place = `${where}, plugin basic-auth`;
  if (keys) left.add(place, 'Kong asks for a key and a password, here either of them will do', true);
  if (textOf(config['anonymous']) !== undefined) {
    left.add(place, 'callers without a password are refused, there is no anonymous consumer', true);
  }
  if (config['hide_credentials'] !== true) left.add(place, 'upstreams no longer see the password');
}

/** One for each who signs; none where tokens cannot be told apart or checked as in Kong. */
function tokenPolicies(config: Fields, { where, left, tokens }: Place): readonly Policy[] {
  const place = `${where}, plugin jwt`;
  const claim = textOf(config['key_claim_name']) ?? 'iss';
  const from = placesOf(config, place, left);
  if (claim !== 'iss' || tokens.length === 0 || from === undefined) {
    const why = claim !== 'iss' ? `\`key_claim_name: ${claim}\`` : from === undefined ? 'no place' : 'no public key';
    left.add(place, `tokens are not taken (${why}), so callers must show something else, such as a key`, true);
    return [];
  }
  const verified = textsOf(config['claims_to_verify']);
  if (!verified.includes('exp') || !verified.includes('nbf')) {
    left.add(place, '`exp` and `nbf` of tokens are kept to, whether Kong looked at them or not', true);
  }
  if ((numberOf(config['maximum_expiration']) ?? 0) > 0) {
    left.add(place, '`maximum_expiration`: how long tokens are good is up to who signs them', true);
  }
  if (textOf(config['anonymous']) !== undefined) {
    left.add(place, 'callers without a token are refused, there is no anonymous consumer', true);
  }
  return tokens.map(({ issuer, algorithm, publicKey }) => ({
    jwt: {
      issuer,
      audience: '*',
      keys: publicKey,
      algorithms: [algorithm],
      leeway: '0s',
      ...(verified.includes('nbf') && { required: ['nbf'] }),
      requireExp: verified.includes('exp'),
      from,
      // Kong leaves the token where it is.
      forward: true,
    },
  }));
}

/** Where Kong looks by itself, unless it is told. */
const PLACES = [
  ['header', 'header_names', ['authorization']],
  ['cookie', 'cookie_names', []],
  ['query', 'uri_param_names', ['jwt']],
] as const;

function placesOf(config: Fields, place: string, left: LeftOuts): Fields | undefined {
  const from: Record<string, string | undefined> = {};
  for (const [kind, field, otherwise] of PLACES) {
    const [first, ...others] = Array.isArray(config[field]) ? textsOf(config[field]) : otherwise;
    from[kind] = first;
    if (others.length > 0) left.add(place, `tokens are not taken from \`${others.join('`, `')}\``, true);
  }
  const written = defined(from);
  return Object.keys(written).length === 0 ? undefined : written;
}
