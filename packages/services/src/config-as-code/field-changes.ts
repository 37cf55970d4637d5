import { isSecretName, MASK } from '../entities/sealed.ts';

/** One thing that is otherwise, as people are shown it. */
export interface FieldChange {
  /** `spec.targets[0].url` */
  readonly path: string;
  /** Left out: it was not there. */
  readonly before?: unknown;
  readonly after?: unknown;
}

const CHANGES_MAX = 50;
const TEXT_MAX = 200;

/** What differs, both in clear; secrets are shown as `***`, and what is long by its length. */
export function fieldChanges(before: unknown, after: unknown): readonly FieldChange[] {
  const found: FieldChange[] = [];
  collect({ before, after, path: '', isSecret: false }, found);
  return found;
}

interface Pair {
  readonly before: unknown;
  readonly after: unknown;
  readonly path: string;
  readonly isSecret: boolean;
}

function collect({ before, after, path, isSecret }: Pair, found: FieldChange[]): void {
  if (found.length >= CHANGES_MAX || isSame(before, after)) return;
  if (isObject(before) && isObject(after)) {
    for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
      const inner = path === '' ? name : `${path}.${name}`;
      const pair = { before: member(before, name), after: member(after, name) };
      collect({ ...pair, path: inner, isSecret: isSecret || isSecretName(name) }, found);
    }
    return;
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length) {
    for (const [index, item] of before.entries())
      collect({ before: item, after: after[index], path: `${path}[${index}]`, isSecret }, found);
    return;
  }
  const of = (value: unknown): unknown => shown(value, isSecret);
  found.push({
    path,
    ...(before !== undefined && { before: of(before) }),
    ...(after !== undefined && { after: of(after) }),
  });
}

/** `***` is what it was. */
export function isSame(before: unknown, after: unknown): boolean {
  if (before === after) return true;
  if (after === MASK && before !== undefined && typeof before !== 'object') return true;
  if (Array.isArray(before) && Array.isArray(after))
    return before.length === after.length && before.every((item, index) => isSame(item, after[index]));
  if (!isObject(before) || !isObject(after)) return false;
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].every((name) => isSame(member(before, name), member(after, name)));
}

function shown(value: unknown, isSecret: boolean): unknown {
  if (isSecret && typeof value !== 'object' && value !== undefined) return MASK;
  if (typeof value === 'string') {
    return value.length > TEXT_MAX ? `${value.length} characters` : value;
  }
  if (Array.isArray(value)) return value.map((item: unknown) => shown(item, isSecret));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [name, shown(item, isSecret || isSecretName(name))]),
  );
}

function member(value: object, name: string): unknown {
  return Object.hasOwn(value, name) ? Reflect.get(value, name) : undefined;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
