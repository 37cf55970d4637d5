/** What a caller says in `x-gatehouse-cache`, in the words of RFC 9111, section 5.2.1. */
export interface CacheControls {
  /** Keep nothing of this call. What is there may be used. */
  readonly noStore: boolean;
  /** Ask the provider. Its answer may be kept. */
  readonly noCache: boolean;
  /** Take nothing that is older. */
  readonly maxAgeMs?: number;
}

export function readCacheControls(header: string | undefined): CacheControls {
  if (header === undefined) return NO_WISHES;
  // Who says what cannot be read is not served from memory against its will.
  if (header.length > HEADER_CHARS_MAX) return { noStore: true, noCache: true };
  const directives = header.split(',').map(readDirective);
  const ages = directives.filter(({ name }) => name === 'max-age').map(({ value }) => seconds(value) * 1000);
  const maxAgeMs = ages.length === 0 ? undefined : Math.min(...ages);
  return {
    noStore: directives.some(({ name }) => name === 'no-store'),
    noCache: maxAgeMs === 0 || directives.some(({ name }) => name === 'no-cache'),
    ...(maxAgeMs !== undefined && { maxAgeMs }),
  };
}

const NO_WISHES: CacheControls = { noStore: false, noCache: false };
const HEADER_CHARS_MAX = 256;
/** As large as RFC 9111, section 1.2.2 asks everybody to count. */
const SECONDS_MAX = 2 ** 31;

function readDirective(text: string): { readonly name: string; readonly value: string } {
  const at = text.indexOf('=');
  const name = (at < 0 ? text : text.slice(0, at)).trim().toLowerCase();
  return { name, value: at < 0 ? '' : text.slice(at + 1).trim() };
}

/** An age that is none lets nothing pass. */
function seconds(value: string): number {
  const [, digits] = /^"?(\d{1,20})"?$/.exec(value) ?? [];
  return digits === undefined ? 0 : Math.min(Number(digits), SECONDS_MAX);
}
