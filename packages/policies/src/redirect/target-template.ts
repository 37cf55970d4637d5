import { fillTemplate, isPathTemplate, parseTemplate, type PathTemplate } from '../path-template.ts';

/** Where a redirect leads, taken apart: what is fixed, and what is filled in from a request. */
export interface TargetTemplate {
  /** Scheme and authority, or '' for this server. Never from a request. */
  readonly origin: string;
  readonly path: PathTemplate;
  /** Behind `?`; undefined without one. */
  readonly query: PathTemplate | undefined;
  /** With its `#`, or ''. */
  readonly fragment: string;
}

export function targetTemplate(text: string): TargetTemplate {
  const { origin, path, query, fragment } = piecesOf(text);
  return {
    origin,
    path: parseTemplate(path === '' ? '/' : path),
    query: query === undefined ? undefined : parseTemplate(query),
    fragment,
  };
}

/** What is wrong with a text that should be one, as the predicate of a sentence. */
export function targetProblem(text: string): string | undefined {
  if (!/^[\x21\x23-\x3b\x3d\x3f-\x5b\x5d\x5f\x61-\x7e]+$/.test(text)) return 'holds a character that no URL may hold';
  const { origin, path, query = '', fragment } = piecesOf(text);
  if (origin === '' && !/^\/(?!\/)/.test(text))
    return 'leads nowhere, write a URL or a path that begins with one slash';
  // A name of a segment here would let callers choose the server: an open redirect.
  if (!isFixed(origin)) return 'must not fill in its host, write it out';
  if (origin !== '' && !URL.canParse(origin)) return 'is not a URL, write one such as https://example.com/{rest}';
  if (namesIn(path).includes('query')) return 'must not fill in the query before its `?`, see `keepQuery`';
  if (path !== '' && !isPathTemplate(path)) return 'has a path that is not canonical, write one such as /v2/{rest}';
  if (!isFixed(fillTemplate(parseTemplate(query), () => 'x') ?? '')) return 'has a brace that names nothing';
  return isFixed(fragment) ? undefined : 'must not fill in what stands behind `#`';
}

interface Pieces {
  readonly origin: string;
  readonly path: string;
  readonly query: string | undefined;
  readonly fragment: string;
}

function piecesOf(text: string): Pieces {
  const found = /^(https?:\/\/[^/?#]+)?([^?#]*)(?:\?([^#]*))?(#.*)?$/is.exec(text);
  return { origin: found?.[1] ?? '', path: found?.[2] ?? '', query: found?.[3], fragment: found?.[4] ?? '' };
}

function isFixed(text: string): boolean {
  return !/[{}@]/.test(text);
}

function namesIn(path: string): readonly (string | undefined)[] {
  return parseTemplate(path).map(({ param }) => param);
}
