/** One range of `Accept`, or a content type: RFC 9110 §12.5.1 and §8.3.1. */
interface MediaRange {
  /** Type and subtype, in small letters. */
  readonly type: string;
  /** By their names in small letters, unquoted. */
  readonly parameters: ReadonlyMap<string, string>;
}

/**
 * Reads the version that a caller asks for from media types: from the parameter `pattern` (`version` of
 * `application/json;version=2`), or where `{version}` stands in it (`application/vnd.acme.v{version}+json`). Of several
 * ranges the one counts that is wanted most and names a version; the first of those wanted alike. Undefined: none does.
 */
export function mediaTypeVersion(pattern: string): (field: string | undefined) => string | undefined {
  const [before = '', after] = pattern.toLowerCase().split('{version}');
  const versionOf =
    after === undefined
      ? ({ parameters }: MediaRange) => parameters.get(before)
      : ({ type }: MediaRange) => between(type, before, after);
  return (field) => {
    let best: string | undefined;
    let bestWeight = 0;
    for (const range of rangesIn(field ?? '')) {
      const version = versionOf(range);
      const weight = weightOf(range);
      if (version === undefined || version === '' || weight <= bestWeight) continue;
      best = version;
      bestWeight = weight;
    }
    return best;
  };
}

function between(type: string, before: string, after: string): string | undefined {
  if (type.length <= before.length + after.length || !type.startsWith(before) || !type.endsWith(after))
    return undefined;
  return type.slice(before.length, type.length - after.length);
}

/** From 0 to 1; what is no weight counts as 1, as if it had been left out. */
function weightOf({ parameters }: MediaRange): number {
  const q = parameters.get('q');
  return q !== undefined && /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(q) ? Number(q) : 1;
}

/** So many are looked at: whoever sends more gets what the first ask for. */
const RANGES_MAX = 100;

function* rangesIn(field: string): Generator<MediaRange> {
  let seen = 0;
  for (const range of split(field, ',')) {
    if (seen++ === RANGES_MAX) return;
    const [type = '', ...rest] = split(range, ';');
    const parameters = new Map<string, string>();
    for (const part of rest) {
      const at = part.indexOf('=');
      if (at > 0) parameters.set(part.slice(0, at).trim().toLowerCase(), unquoted(part.slice(at + 1).trim()));
    }
    yield { type: type.trim().toLowerCase(), parameters };
  }
}

/** At separators that are not in quotes. */
function split(text: string, separator: ',' | ';'): readonly string[] {
  const parts: string[] = [];
  let begin = 0;
  let isQuoted = false;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (isQuoted && char === '\\') at++;
    else if (char === '"') isQuoted = !isQuoted;
    else if (char === separator && !isQuoted) {
      parts.push(text.slice(begin, at));
      begin = at + 1;
    }
  }
  return [...parts, text.slice(begin)];
}

function unquoted(value: string): string {
  if (!value.startsWith('"') || !value.endsWith('"') || value.length < 2) return value;
  return value.slice(1, -1).replaceAll(/\\(.)/g, '$1');
}
