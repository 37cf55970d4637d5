import { isObject, namedOf, textOf } from '../../document/json-value.ts';
import { pathOfReference } from '../references.ts';
import type { CoreFunction } from './functions.ts';

/** Spectral's `unreferencedReusableObject`: entries that no reference in the document leads to. */
export const unreferencedReusableObject: CoreFunction = ({ value }, options, root) => {
  const base = pathOfReference(textOf(options['reusableObjectsLocation']) ?? '');
  if (base === undefined) return [];
  const used = new Set<string>();
  const seen = new Set<unknown>();
  const waiting: unknown[] = [root];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    const path = pathOfReference((isObject(node) ? textOf(node['$ref']) : undefined) ?? '') ?? [];
    if (path.length > base.length && base.every((step, i) => step === path[i])) used.add(String(path[base.length]));
    for (const part of Object.values(node)) waiting.push(part);
  }
  return namedOf(value)
    .filter(([name]) => !used.has(name))
    .map(([name]) => ({ message: `nothing refers to \`${name}\``, path: [name] }));
};
