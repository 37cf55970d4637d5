import type { PolicySpec } from '@gatehouse/config';

/** Fields of heads that carry credentials, whatever a route asks for. */
const FIELDS = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'set-cookie',
  'x-api-key',
  'api-key',
  'apikey',
  'x-goog-api-key',
  'x-auth-token',
  'x-csrf-token',
  'x-amz-security-token',
  'signature',
  'signature-input',
];

/** Members, form fields, elements and parameters that are hidden wherever they stand. Compared as `plainName` says. */
const NAMES = [
  'password',
  'passwd',
  'pwd',
  'passphrase',
  'old_password',
  'new_password',
  'current_password',
  'password_confirmation',
  'secret',
  'client_secret',
  'secret_key',
  'secret_access_key',
  'token',
  'access_token',
  'refresh_token',
  'id_token',
  'session_token',
  'auth_token',
  'bearer_token',
  'csrf_token',
  'private_key',
  'access_key',
  'client_assertion',
  'credential',
  'credentials',
  'otp',
  'totp',
  'cvv',
  'cvc',
  'card_number',
  'ssn',
];

/** Of queries alone: in bodies these are words for other things as well. */
const QUERY_NAMES = ['key', 'code', 'state', 'sig', 'signature', 'x-amz-signature', 'x-amz-credential', 'jwt', 'auth'];

export interface HiddenNames {
  /** In small letters. */
  readonly fields: ReadonlySet<string>;
  readonly names: readonly string[];
  readonly queryNames: readonly string[];
}

/** What is hidden on a route, besides what the policy itself says: what is always, and where its policies find who calls. */
export function hiddenNames(policies: readonly PolicySpec[], moreFields: readonly string[]): HiddenNames {
  const places = policies.map(({ config }) => placesIn(config));
  const fields = new Set([...FIELDS, ...moreFields, ...places.flatMap((each) => each.fields)].map(lower));
  const names = [...NAMES, ...fields];
  return { fields, names, queryNames: [...names, ...QUERY_NAMES, ...places.flatMap((each) => each.query)] };
}

const lower = (text: string): string => text.toLowerCase();

interface Places {
  readonly fields: readonly string[];
  readonly query: readonly string[];
}

/** `headers` and `query` of `key`, `from` of the policies that read tokens; others have neither in this form. */
function placesIn(config: unknown): Places {
  const { headers, query, from } = fieldsOf(config);
  const { header: tokenHeader, query: tokenQuery } = fieldsOf(from);
  return {
    fields: [...(Array.isArray(headers) ? headers : []), tokenHeader].filter((each) => typeof each === 'string'),
    query: [query, tokenQuery].filter((each) => typeof each === 'string'),
  };
}

function fieldsOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
