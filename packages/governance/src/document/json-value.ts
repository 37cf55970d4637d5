/** What a document may hold is only known when it is looked at; these look. */
export type JsonObject = Readonly<Record<string, unknown>>;
/** Of steps from the root. */
export type Path = readonly (string | number)[];

const NOTHING: JsonObject = Object.freeze({});
const NONE: readonly unknown[] = Object.freeze([]);

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Without fields where it is no object. */
export function objectOf(value: unknown): JsonObject {
  return isObject(value) ? value : NOTHING;
}

/** Empty where it is no list. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : NONE;
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** For people: what is no text by its kind. `String` would call what stands in a document as `toString`. */
export function shownOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  return Array.isArray(value) ? 'a list' : 'an object';
}

/** Of a map whose names are anybody's choice, such as headers or properties. Nothing where it is no object. */
export function namedOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(value) : [];
}

/** The same without extensions (`x-`), for objects that may hold them beside their names: paths, responses, callbacks. */
export function entriesOf(value: unknown): readonly (readonly [string, unknown])[] {
  return namedOf(value).filter(([name]) => !name.startsWith('x-'));
}

/** RFC 6901. */
export function pointerOf(path: Path): string {
  return path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** Undefined where the text is no pointer. */
export function pathOf(pointer: string): Path | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** What stands at a path, own fields only. */
export function valueAt(root: unknown, path: Path): unknown {
  let value = root;
  for (const step of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = Reflect.get(value, step);
  }
  return value;
}
