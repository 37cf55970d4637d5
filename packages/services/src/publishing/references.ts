import { dataOf, type Data } from '../json-data.ts';

/** What one entity calls another: the kind that is meant, and its name. */
export type Rename = (kind: string, name: string) => string;

/** What specs call others, by kind: a path with `*` for each item of a list. `provider/model` means the provider. */
const REFERENCES: Readonly<Record<string, readonly (readonly [string, kind: string])[]>> = {
  version: [
    ['upstream', 'upstream'],
    ['routes.*.upstream', 'upstream'],
  ],
  model: [
    ['targets.*.provider', 'provider'],
    ['fallback.*.provider', 'provider'],
    ['cache.semantic.provider', 'provider'],
  ],
  guard: [
    ['models.*', 'model'],
    ['applications.*', 'application'],
    ['provider', 'provider'],
  ],
  prompt: [
    ['model', 'model'],
    ['versions.*.model', 'model'],
  ],
  access: [
    ['models.*', 'model'],
    ['prompts.*', 'prompt'],
  ],
};

/** A spec with the names that gates know what it refers to by. */
export function renamed(kind: string, spec: Data, rename: Rename): Data {
  let result: unknown = spec;
  for (const [path, referred] of REFERENCES[kind] ?? []) {
    result = at(result, path.split('.'), (name) => byName(referred, name, rename));
  }
  return dataOf(kind === 'budget' ? budget(spec, rename) : result);
}

/** Whose spending it is, is one of another kind in each. */
function budget(spec: Data, rename: Rename): Data {
  const { of, name } = spec;
  return typeof of === 'string' && typeof name === 'string' ? { ...spec, name: byName(of, name, rename) } : spec;
}

function byName(kind: string, name: string, rename: Rename): string {
  const own = rename(kind, name);
  const slash = name.indexOf('/');
  if (kind !== 'model' || own !== name || slash <= 0) return own;
  return `${rename('provider', name.slice(0, slash))}${name.slice(slash)}`;
}

function at(value: unknown, [step, ...rest]: readonly string[], change: (name: string) => string): unknown {
  if (step === undefined) return typeof value === 'string' ? change(value) : value;
  if (step === '*')
    return Array.isArray(value) ? value.map((item) => at(item, rest, change)) : ofEach(value, rest, change);
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return value;
  return { ...value, [step]: at(Reflect.get(value, step), rest, change) };
}

/** Of a map by names, as versions of a prompt are. */
function ofEach(value: unknown, rest: readonly string[], change: (name: string) => string): unknown {
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, at(item, rest, change)]));
}
