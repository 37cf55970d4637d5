import { canonicalPath, NEVER_ALLOWED } from '@gatehouse/http';
import { GatehouseError } from '@gatehouse/kernel';

/** Also bounds how deep a look-up descends, whatever path is asked for. */
export const PATTERN_SEGMENTS_MAX = 64;

export type PatternSegment =
  | { readonly kind: 'literal'; readonly text: string }
  | { readonly kind: 'param'; readonly name: string };

/** A route's path, taken apart. Literals are in the canonical form of request paths, so that both compare byte by byte. */
export interface PathPattern {
  /** Without a trailing `*`. */
  readonly segments: readonly PatternSegment[];
  /** Whether any rest may follow, which includes none. */
  readonly rest: boolean;
  /** The whole path when nothing in it varies. */
  readonly literal: string | undefined;
}

/** Throws `config.invalid` for a pattern that could never match or would match something else than it says. */
export function parsePattern(path: string): PathPattern {
  if (!path.startsWith('/')) throw invalid(path, 'has to start with /');
  const texts = path.slice(1).split('/');
  const rest = texts.at(-1) === '*';
  if (rest) texts.pop();
  if (texts.length > PATTERN_SEGMENTS_MAX) throw invalid(path, `has more than ${PATTERN_SEGMENTS_MAX} segments`);
  const names = new Set<string>();
  const segments = texts.map((text) => parseSegment(path, text, names));
  const varies = rest || names.size > 0;
  return { segments, rest, literal: varies ? undefined : `/${segments.map(spelling).join('/')}` };
}

function parseSegment(path: string, text: string, names: Set<string>): PatternSegment {
  if (text.startsWith('{') && text.endsWith('}')) {
    const name = text.slice(1, -1);
    if (!/^[\w.-]+$/u.test(name)) throw invalid(path, `has a parameter with an invalid name: ${text}`);
    if (names.has(name)) throw invalid(path, `names the parameter ${text} twice`);
    names.add(name);
    return { kind: 'param', name };
  }
  if (/[{}]/u.test(text)) throw invalid(path, `has a parameter that is not a whole segment: ${text}`);
  if (text === '*') throw invalid(path, 'may have * only as its last segment');
  if (text === '.' || text === '..') throw invalid(path, 'has a dot segment, which no request path keeps');
  return { kind: 'literal', text: canonicalLiteral(path, text) };
}

/** Request paths hold these characters only as escapes, so `/café` is written as its escapes before it is compared. */
const NEVER_BARE = /[^-._~!$&'()*+,=:@;%A-Za-z0-9]+/gu;

function canonicalLiteral(path: string, text: string): string {
  const escaped = text.toWellFormed().replaceAll(NEVER_BARE, encodeURIComponent);
  const canonical = canonicalPath(`/${escaped}`);
  if ((canonical.ambiguity & NEVER_ALLOWED) !== 0)
    throw invalid(path, `has an escape that no request may hold: ${text}`);
  return canonical.path.slice(1);
}

function spelling(segment: PatternSegment): string {
  return segment.kind === 'literal' ? segment.text : '';
}

function invalid(path: string, what: string): GatehouseError {
  return new GatehouseError('config.invalid', `the route path ${JSON.stringify(path)} ${what}`);
}
