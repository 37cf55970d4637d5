const LENGTH_MAX = 255;
const BARE = /^[!-~]+$/;
/** A string of RFC 9651 §3.3.3, as draft-ietf-httpapi-idempotency-key-header writes keys. */
const QUOTED = /^"((?:[ !#-[\]-~]|\\["\\])*)"$/;

/** The key that a field says: in quotes, as the draft has it, or bare, as most clients write it. Undefined for no key. */
export function idempotencyKey(field: string): string | undefined {
  const said = field.trim();
  const quoted = QUOTED.exec(said)?.[1]?.replaceAll(/\\(.)/g, '$1');
  const key = quoted ?? (BARE.test(said) && !said.startsWith('"') ? said : '');
  return key === '' || key.length > LENGTH_MAX ? undefined : key;
}
