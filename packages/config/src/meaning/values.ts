import { canonicalJson } from '../compile/snapshot-version.ts';

/** A list of everything that differs helps nobody. */
const DETAILS_MAX = 12;

/** `limit: 100 → 50`. Texts may be secrets, so of them it is only said that they differ. */
export function changedMembers(before: unknown, after: unknown): readonly string[] {
  const details: string[] = [];
  collect(before, after, { path: '', details });
  if (details.length <= DETAILS_MAX) return details;
  return [...details.slice(0, DETAILS_MAX), `and ${details.length - DETAILS_MAX} more`];
}

interface Collecting {
  readonly path: string;
  readonly details: string[];
}

function collect(before: unknown, after: unknown, { path, details }: Collecting): void {
  if (before === after || canonicalJson(before) === canonicalJson(after)) return;
  if (isPlain(before) && isPlain(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
    for (const name of names) {
      collect(before[name], after[name], { path: path === '' ? name : `${path}.${name}`, details });
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries()) collect(item, after[index], { path: `${path}[${index}]`, details });
    return;
  }
  const named = /([A-Za-z]+)(?:\[\d+\])?$/.exec(path)?.[1] ?? '';
  const isPublic = PUBLIC_TEXTS.has(named);
  details.push(`${path === '' ? 'value' : path}: ${shown(before, isPublic)} → ${shown(after, isPublic)}`);
}

/** Members whose texts are nobody's secret. */
const PUBLIC_TEXTS: ReadonlySet<string> = new Set([
  'algorithm',
  'balance',
  'by',
  'fallback',
  'host',
  'hosts',
  'kind',
  'methods',
  'mode',
  'model',
  'models',
  'name',
  'origins',
  'path',
  'per',
  'plan',
  'provider',
  'scheme',
  'window',
]);

function shown(value: unknown, isPublic: boolean): string {
  if (typeof value === 'string' && isPublic) return JSON.stringify(value.slice(0, 100));
  if (value === undefined) return 'none';
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return String(value);
  if (Array.isArray(value)) return value.length === 1 ? '1 item' : `${value.length} items`;
  return typeof value === 'string' ? 'a text' : 'settings';
}

function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
