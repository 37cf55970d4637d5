import { FIELD, type Fields } from '@gatehouse/http';

export interface PresentedKey {
  readonly key: string;
  /** The field that carried it, so that it can be taken out before the request goes on. */
  readonly field: 'authorization' | 'x-api-key' | 'apikey';
}

export interface PresentedAiKey {
  readonly key: string;
  /** `undefined`: it came in the query, which never goes on to a provider. */
  readonly field: PresentedKey['field'] | (typeof VENDOR_FIELDS)[number] | undefined;
}

/** Where SDKs of vendors put a key that a base URL has led to us. */
const VENDOR_FIELDS = ['api-key', 'x-goog-api-key'] as const;

/** `Authorization: Bearer`, then `X-API-Key`, then `apikey`; undefined when the caller showed none. */
export function presentedKey(fields: Fields): PresentedKey | undefined {
  const authorization = fields.known(FIELD.authorization);
  if (authorization !== undefined && /^bearer /i.test(authorization)) {
    return { key: authorization.slice(7).trim(), field: 'authorization' };
  }
  const apiKey = fields.known(FIELD['x-api-key']);
  if (apiKey !== undefined) return { key: apiKey, field: 'x-api-key' };
  const plain = fields.known(FIELD.apikey);
  return plain === undefined ? undefined : { key: plain, field: 'apikey' };
}

/** On AI paths also where SDKs of vendors put theirs: `api-key`, `x-goog-api-key`, then `?key=`. */
export function presentedAiKey(fields: Fields, query: string): PresentedAiKey | undefined {
  const usual = presentedKey(fields);
  if (usual !== undefined) return usual;
  for (const field of VENDOR_FIELDS) {
    const key = fields.get(field);
    if (key !== undefined) return { key, field };
  }
  const key = keyOf(query);
  return key === undefined ? undefined : { key, field: undefined };
}

/** The key was for us; no upstream may see it, nor another key beside it. */
export function takeKeys(fields: Fields, { field }: PresentedAiKey): void {
  if (field !== undefined) fields.remove(field);
  fields.remove('x-api-key');
  fields.remove('apikey');
}

/** Where a key is not asked for: those of ours are taken out, whatever else is shown beside them. */
export function takeOurKeys(fields: Fields, isOurs: (key: string) => boolean): void {
  for (const name of ['x-api-key', 'apikey', ...VENDOR_FIELDS]) {
    const key = fields.get(name);
    if (key !== undefined && isOurs(key)) fields.remove(name);
  }
  const authorization = fields.get('authorization');
  if (authorization !== undefined && /^bearer /i.test(authorization) && isOurs(authorization.slice(7).trim())) {
    fields.remove('authorization');
  }
}

function keyOf(query: string): string | undefined {
  const written = /[?&]key=([^&]*)/.exec(query)?.[1];
  if (written === undefined) return undefined;
  try {
    return decodeURIComponent(written);
  } catch {
    return written;
  }
}
