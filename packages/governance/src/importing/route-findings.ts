import { eachOperation } from '../operations/operations-of.ts';
import { below, shown, type JsonMap } from '../tree/json-tree.ts';
import type { ImportFinding } from './import-finding.ts';

const FINDINGS_MAX = 100;

/** Paths that the gate cannot tell apart, or cannot serve. */
export function routeFindings(root: JsonMap): readonly ImportFinding[] {
  const found: ImportFinding[] = [];
  const first = new Map<string, string>();
  const seen = new Set<string>();
  for (const { method, path } of eachOperation(root)) {
    if (found.length >= FINDINGS_MAX) break;
    const pointer = below('/paths', path);
    const same = `${method} ${path.replaceAll(/\{[^{}/]*\}/g, '{}')}`;
    const other = first.get(same);
    if (other !== undefined) {
      const message = `${method.toUpperCase()} ${shown(path)} takes the same requests as ${shown(other)}`;
      found.push({ severity: 'error', pointer: below(pointer, method), message });
    }
    first.set(same, path);
    const problem = seen.has(path) ? undefined : pathProblem(path);
    seen.add(path);
    if (problem !== undefined)
      found.push({ severity: 'error', pointer, message: `the path ${shown(path)} ${problem}` });
  }
  return found;
}

/** What segments may not be, whichever they are. */
const SEGMENTS: readonly (readonly [pattern: RegExp, problem: string])[] = [
  [/^(?!\{[^{}]+\}$).*[{}]/, 'has a parameter that is not a whole segment'],
  [/\*/, 'has a * in it, which stands for all paths below'],
  [/^\.{1,2}$/, 'has a dot segment: write the path that it leads to'],
  [/%(?![0-9a-f]{2})/i, 'has a % that escapes nothing'],
];

function pathProblem(path: string): string | undefined {
  if (/[?#]/.test(path)) return 'has a query in it: parameters of queries are told apart by conditions of routes';
  const segments = path.split('/').slice(1);
  if (segments.slice(0, -1).includes('')) return 'has an empty segment';
  return SEGMENTS.find(([pattern]) => segments.some((segment) => pattern.test(segment)))?.[1];
}
