import { meaning, parsedText, type Parse, type Parsed } from './parsed.ts';

/** Bounds the work of one look-up; the router has the same limit. */
export const PATTERN_SEGMENTS_MAX = 64;
const PATTERN_CHARS_MAX = 2048;

/** A route's path in the spelling that request paths are brought into, so that both compare byte by byte. */
export const parsePathPattern: Parse<string> = (text) => {
  const wrong = wholeProblem(text);
  if (wrong !== undefined) return { wrong };
  const texts = text.slice(1).split('/');
  if (texts.length > PATTERN_SEGMENTS_MAX) {
    return { wrong: `has more than ${PATTERN_SEGMENTS_MAX} segments, write fewer and end with *` };
  }
  const names = new Set<string>();
  const segments: string[] = [];
  for (const [index, segment] of texts.entries()) {
    const parsed = parseSegment(segment, { last: index === texts.length - 1, names });
    if ('wrong' in parsed) return parsed;
    segments.push(parsed.value);
  }
  return { value: `/${segments.join('/')}` };
};

/** What a path starts with: literal segments only. `/` and '' are no prefix, a trailing slash is dropped. */
export const parseBasePath: Parse<string> = (text) => {
  if (text === '' || text === '/') return { value: '' };
  const trimmed = text.replace(/(?<!\/)\/$/, '');
  if (/[{}*]/.test(trimmed)) return { wrong: 'holds a parameter or a *, write them in the paths of routes' };
  return parsePathPattern(trimmed);
};

function wholeProblem(text: string): string | undefined {
  if (!text.startsWith('/')) return 'does not begin with a slash, write a path such as /users/{id}';
  if (text.length > PATTERN_CHARS_MAX) return `is longer than ${PATTERN_CHARS_MAX} characters, write a shorter path`;
  if (/[?#]/.test(text)) return 'holds a query or a fragment, write the path only and conditions under when';
  if (text.includes('//')) return 'has an empty segment, write one slash';
  return undefined;
}

interface SegmentPlace {
  readonly last: boolean;
  /** Parameters met so far. */
  readonly names: Set<string>;
}

function parseSegment(segment: string, { last, names }: SegmentPlace): Parsed<string> {
  if (segment === '*') return last ? { value: '*' } : { wrong: 'has a * before its end, write * as the last segment' };
  if (/[{}]/.test(segment)) return parseParameter(segment, names);
  if (segment.includes('*')) return { wrong: 'has a * inside a segment, write /* at the end or a {name}' };
  if (segment === '.' || segment === '..') return { wrong: 'has a dot segment, write the path that it leads to' };
  return canonicalLiteral(segment);
}

function parseParameter(segment: string, names: Set<string>): Parsed<string> {
  const name = /^\{(.*)\}$/s.exec(segment)?.[1];
  if (name === undefined) return { wrong: 'has a parameter that is not a whole segment, write /{name}/' };
  if (!/^[\w.-]+$/.test(name)) {
    return { wrong: 'has a parameter without a proper name, write letters, digits, _, . or - between the braces' };
  }
  if (names.has(name)) return { wrong: `has the parameter {${name}} twice, give each its own name` };
  names.add(name);
  return { value: segment };
}

/** Request paths hold everything else only as escapes. */
const NEVER_BARE = /[^-._~!$&'()+,=:@;%A-Za-z0-9]+/gu;

function canonicalLiteral(segment: string): Parsed<string> {
  if (/%(?![0-9A-Fa-f]{2})/.test(segment))
    return { wrong: 'has a % that escapes nothing, write two hex digits after it' };
  // Requests with these escapes never arrive, so that the route would be dead: a control character, a second layer of escapes.
  if (/%(?:[01][0-9a-f]|7f|25)/i.test(segment))
    return { wrong: 'has an escape that no request may hold, leave it out' };
  const escaped = segment.toWellFormed().replaceAll(NEVER_BARE, encodeURIComponent);
  const value = escaped.replaceAll(/%[0-9A-Fa-f]{2}/g, (escape) => {
    const char = String.fromCharCode(Number.parseInt(escape.slice(1), 16));
    return /[-._~A-Za-z0-9]/.test(char) ? char : escape.toUpperCase();
  });
  return value === '.' || value === '..' ? { wrong: 'has an escaped dot segment, leave it out' } : { value };
}

export const pathPatternText = (options: { readonly description: string }) =>
  parsedText(parsePathPattern, { title: 'a path', pattern: '^/', examples: ['/users/{id}', '/files/*'], ...options });

/** One path and no pattern. */
const parsePath: Parse<string> = (text) => {
  const parsed = parseBasePath(text);
  return 'value' in parsed && parsed.value === '' ? { wrong: 'names nothing, write a path such as /summary' } : parsed;
};

export const pathText = (options: { readonly description: string }) =>
  parsedText(parsePath, { title: 'a path', pattern: '^/', examples: ['/summary'], ...options });

export const basePathText = (options: { readonly description: string; readonly default: string }) =>
  parsedText(parseBasePath, { title: 'a path', examples: ['/v1'], ...options });

export const pathPattern = (text: string): string => meaning(parsePathPattern, text);
export const basePath = (text: string): string => meaning(parseBasePath, text);
