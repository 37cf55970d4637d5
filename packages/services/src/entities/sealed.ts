import type { Cipher } from '../cipher.ts';
import { ServiceError } from '../service-error.ts';

type Data = Readonly<Record<string, unknown>>;

/** Names under which texts are secrets, wherever they stand in a document. */
const SECRET_NAMES: ReadonlySet<string> = new Set([
  'apiKey',
  'accessKeyId',
  'secretAccessKey',
  'sessionToken',
  'clientSecret',
  'introspectionSecret',
  'password',
  'secret',
  'secrets',
  'token',
  'key',
  'privateKey',
  'slackUrl',
]);

/** Whether a text of that name is shown to nobody. */
export function isSecretName(name: string): boolean {
  return SECRET_NAMES.has(name);
}

export const MASK = '***';
const SEALED = '$sealed';
/** `as` of what was no text before it was sealed. */
const JSON_TEXT = 'json';

/** One of digits alone may be written as a number. */
type Secret = string | number | boolean;

/** As it is kept: secrets encrypted. What is shown as `***` is what it was before. */
export function sealed(data: Data, { cipher, place, before }: Sealing): Data {
  const seal = (secret: Secret, path: string, known: unknown): unknown => {
    if (secret === MASK && isSealed(known)) return known;
    if (secret === MASK)
      throw new ServiceError('admin.invalid', `${path}: ${MASK} stands for what is kept, and nothing is`);
    const isText = typeof secret === 'string';
    const text = isText ? secret : JSON.stringify(secret);
    return { [SEALED]: cipher.encrypt(text, `${place}${path}`), ...(!isText && { as: JSON_TEXT }) };
  };
  return changed(data, before, seal);
}

interface Sealing {
  readonly cipher: Cipher;
  /** Of whom it is: a sealed value is of no use elsewhere. */
  readonly place: string;
  readonly before: Data | undefined;
}

function changed(data: Data, before: unknown, seal: (secret: Secret, path: string, known: unknown) => unknown): Data {
  const walk = (value: unknown, known: unknown, at: { readonly path: string; readonly secret: boolean }): unknown => {
    if (isScalar(value)) return at.secret ? seal(value, at.path, known) : value;
    if (Array.isArray(value)) {
      return value.map((item, index) => walk(item, memberOf(known, index), { ...at, path: `${at.path}/${index}` }));
    }
    if (typeof value !== 'object' || value === null) return value;
    // What is sealed was sealed by us, in this place.
    if (isSealed(value)) return requireKnown(value, known, at.path);
    const members = Object.entries(value).map(([name, item]) => {
      const inner = { path: `${at.path}/${name}`, secret: SECRET_NAMES.has(name) };
      return [name, walk(item, memberOf(known, name), inner)] as const;
    });
    return Object.fromEntries(members);
  };
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      walk(value, memberOf(before, name), { path: `/${name}`, secret: SECRET_NAMES.has(name) }),
    ]),
  );
}

/** Of what holds no secrets: nothing in it is taken for one. */
export function unsealed(data: Data): Data {
  replaced(data, (_, path) => {
    throw ofThisHouse(path);
  });
  return data;
}

function isScalar(value: unknown): value is Secret {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

function requireKnown(value: Sealed, known: unknown, path: string): unknown {
  if (isSealed(known) && known[SEALED] === value[SEALED]) return value;
  throw ofThisHouse(path);
}

function ofThisHouse(path: string): ServiceError {
  return new ServiceError(
    'admin.invalid',
    `${path}: \`${SEALED}\` is a name that only this house uses, choose another`,
  );
}

function memberOf(value: unknown, name: string | number): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

/** As it is shown. */
export function masked(value: unknown): unknown {
  return replacedSecrets(value, MASK);
}

/** With the same text for each secret. */
export function replacedSecrets(value: unknown, instead: string): unknown {
  return replaced(value, () => instead);
}

/** As gates need it. */
export function opened(value: unknown, cipher: Cipher, place: string): unknown {
  return replaced(value, ({ [SEALED]: text, as }, path) => {
    const clear = cipher.decrypt(text, `${place}${path}`);
    return as === JSON_TEXT ? JSON.parse(clear) : clear;
  });
}

/** Whether the cipher opens what an entity keeps sealed, as its row has it; undefined: nothing is sealed. */
export function opensSealed(
  { id, data }: { readonly id: string; readonly data: string },
  cipher: Cipher,
): boolean | undefined {
  if (!data.includes(`"${SEALED}"`)) return undefined;
  const value: unknown = JSON.parse(data);
  // A revision has what was sealed for its version.
  const sealedFor = memberOf(value, 'sealedFor');
  try {
    opened(value, cipher, typeof sealedFor === 'string' ? sealedFor : id);
    return true;
  } catch {
    return false;
  }
}

function replaced(value: unknown, instead: (sealed: Sealed, path: string) => unknown, path = ''): unknown {
  if (isSealed(value)) return instead(value, path);
  if (Array.isArray(value)) return value.map((item, index) => replaced(item, instead, `${path}/${index}`));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, replaced(item, instead, `${path}/${name}`)]),
  );
}

interface Sealed {
  readonly [SEALED]: string;
  readonly as?: unknown;
}

export function isSealed(value: unknown): value is Sealed {
  return typeof value === 'object' && value !== null && SEALED in value && typeof value[SEALED] === 'string';
}
