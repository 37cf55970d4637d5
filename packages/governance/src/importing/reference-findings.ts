import { below, pointed, shown, type JsonMap } from '../tree/json-tree.ts';
import type { ImportFinding } from './import-finding.ts';

const FINDINGS_MAX = 100;
/** What stands below is a value of the api's, not part of its description. */
const DATA: ReadonlySet<string> = new Set(['example', 'examples', 'default', 'enum', 'const']);

/** References that lead out of the document, or nowhere: both are errors, nothing is fetched for anybody. */
export function referenceFindings(root: JsonMap): readonly ImportFinding[] {
  const found: ImportFinding[] = [];
  const known = new Map<string, string | undefined>();
  const left: { readonly value: unknown; readonly pointer: string; readonly names: boolean }[] = [
    { value: root, pointer: '', names: false },
  ];
  for (let next = left.pop(); next !== undefined && found.length < FINDINGS_MAX; next = left.pop()) {
    const { value, pointer, names } = next;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, member] of Object.entries(value)) {
      if (!names && key === '$ref' && typeof member === 'string') {
        if (!known.has(member)) known.set(member, problemOf(root, member));
        const message = known.get(member);
        if (message !== undefined) found.push({ severity: 'error', pointer, message });
        continue;
      }
      if (!names && (DATA.has(key) || key.startsWith('x-'))) continue;
      if (typeof member !== 'object' || member === null) continue;
      left.push({ value: member, pointer: below(pointer, key), names: !names && key === 'properties' });
    }
  }
  return found;
}

function problemOf(root: JsonMap, reference: string): string | undefined {
  if (!reference.startsWith('#')) {
    return `this refers to ${shown(reference)}, which is outside of the document: put everything into one file first`;
  }
  // Anchors are names, not places: whoever reads schemas looks for them.
  if (reference !== '#' && !reference.startsWith('#/')) return undefined;
  return pointed(root, reference.slice(1)) === undefined
    ? `this refers to ${shown(reference)}, which is not there`
    : undefined;
}
