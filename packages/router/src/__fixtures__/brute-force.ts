import type { RouteSpec } from '@gatehouse/config';
import { queryValue } from '../query-value.ts';
import type { MatchInput, RouteResult } from '../route-result.ts';
import { type Given, route } from './ask.ts';

/** The rules as a reader of the README would apply them: rank every route, take the best. Slow, and easy to check. */
export function bestOf(list: readonly Given[], input: MatchInput): RouteResult {
  const fitting = list
    .map(route)
    .filter((each) => fitsPath(each, input) && hostRank(each, input) >= 0 && holds(each, input));
  const serving = fitting.filter((each) => methodRank(each, input) > 0);
  const best = serving.toSorted((a, b) => compare(rankOf(b, input), rankOf(a, input)))[0];
  if (best !== undefined) return { kind: 'match', match: { route: best, params: paramsOf(best, input) } };
  const allow = new Set(fitting.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method])));
  return allow.size === 0 ? { kind: 'none' } : { kind: 'method', allow: [...allow].toSorted() };
}

/** Compared from left to right; `toSorted` keeps the order of the list between equals. */
function rankOf(each: RouteSpec, input: MatchInput): readonly number[] {
  const conditions = Object.keys(each.when?.headers ?? {}).length + Object.keys(each.when?.query ?? {}).length;
  return [hostRank(each, input), ...pathRank(each), methodRank(each, input), conditions];
}

function compare(a: readonly number[], b: readonly number[]): number {
  for (const [index, rank] of a.entries()) {
    const difference = rank - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

function hostRank(each: RouteSpec, input: MatchInput): number {
  if (each.hosts.length === 0) return 0;
  const ranks = each.hosts.map((host) => {
    if (host === input.host) return 1000;
    return host.startsWith('*.') && input.host.endsWith(host.slice(1)) ? host.length : -1;
  });
  return Math.max(...ranks);
}

/** Always of one length, so that what follows it in a rank is compared with its like. */
function pathRank(each: RouteSpec): readonly number[] {
  const ranks = segmentsOf(each.path).map((text) => (text === '*' ? 1 : text.startsWith('{') ? 2 : 3));
  return Array.from({ length: 16 }, (_, index) => ranks[index] ?? (ranks.at(-1) === 1 ? 0 : 3));
}

function methodRank(each: RouteSpec, input: MatchInput): number {
  if (each.method === input.method) return 3;
  if (each.method === 'GET' && input.method === 'HEAD') return 2;
  return each.method === '*' ? 1 : 0;
}

function holds(each: RouteSpec, input: MatchInput): boolean {
  const fits = (actual: string | undefined, wanted: string): boolean =>
    actual !== undefined && (wanted === '*' || wanted === actual);
  return (
    Object.entries(each.when?.headers ?? {}).every(([name, wanted]) => fits(input.header(name), wanted)) &&
    Object.entries(each.when?.query ?? {}).every(([name, wanted]) => fits(queryValue(input.query, name), wanted))
  );
}

function fitsPath(each: RouteSpec, input: MatchInput): boolean {
  const wanted = segmentsOf(each.path);
  const actual = segmentsOf(input.path);
  const rest = wanted.at(-1) === '*';
  if (rest) wanted.pop();
  if (rest ? actual.length < wanted.length : actual.length !== wanted.length) return false;
  return wanted.every((text, index) => (text.startsWith('{') ? actual[index] !== '' : actual[index] === text));
}

function paramsOf(each: RouteSpec, input: MatchInput): Record<string, string> {
  const actual = segmentsOf(input.path);
  const params: Record<string, string> = {};
  for (const [index, text] of segmentsOf(each.path).entries()) {
    if (text === '*') params['*'] = actual.slice(index).join('/');
    else if (text.startsWith('{')) params[text.slice(1, -1)] = actual[index] ?? '';
  }
  return params;
}

function segmentsOf(path: string): string[] {
  return path.slice(1).split('/');
}
