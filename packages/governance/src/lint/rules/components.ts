import { isObject, namedOf, objectOf, textOf, type JsonObject, type Path } from '../../document/json-value.ts';
import { pathOfReference, References } from '../references.ts';
import type { Rule } from '../rule.ts';
import { extendsDiscriminated, referenceOfMapping } from '../usage.ts';

/** What is of no use unless something refers to it. Security schemes are used by name. */
const KINDS = [
  'schemas',
  'parameters',
  'responses',
  'requestBodies',
  'headers',
  'examples',
  'links',
  'callbacks',
  'pathItems',
  'mediaTypes',
];

const components: Rule = {
  id: 'C26',
  severity: 'error',
  axis: 'consistency',
  summary: 'References lead somewhere, and components are used.',
  why: 'A reference into nothing stops every tool. What nothing uses is read, reviewed and kept for nothing.',
  bad: 'paths:\n  /users:\n    get: { responses: { "200": { $ref: "#/components/responses/Users" } } }\ncomponents:\n  schemas: { Old: { type: object } }\n',
  good: 'paths:\n  /users:\n    get: { responses: { "200": { $ref: "#/components/responses/Users" } } }\ncomponents:\n  responses: { Users: {} }\n',
  since: '0.1.0',
  hooks: ({ root, report, resolve }) => {
    const uses = new Uses();
    return {
      reference: ({ path, ref, resolves }) => {
        if (resolves === false) report(`\`${ref}\` leads nowhere`, [...path, '$ref']);
      },
      schema: ({ node, path }) => {
        for (const [name, ref] of mappingsOf(node)) {
          const target = referenceOfMapping(ref);
          uses.add(path, target);
          if (pathOfReference(target) !== undefined && resolve({ $ref: target }) === undefined)
            report(`\`${ref}\` leads nowhere`, [...path, 'discriminator', ...name]);
        }
      },
      end: () => {
        if (namedOf(root['paths']).length === 0 && namedOf(root['webhooks']).length === 0) return;
        addAll(root, uses);
        for (const path of unusedOf(root, uses)) report(`nothing uses \`${String(path.at(-1))}\``, path);
      },
    };
  },
};

function mappingsOf(schema: JsonObject): readonly (readonly [Path, string])[] {
  const discriminator = objectOf(schema['discriminator']);
  const found: (readonly [Path, string])[] = [];
  for (const [name, ref] of namedOf(discriminator['mapping'])) {
    if (typeof ref === 'string') found.push([['mapping', name], ref]);
  }
  const byDefault = textOf(discriminator['defaultMapping']);
  if (byDefault !== undefined) found.push([['defaultMapping'], byDefault]);
  return found;
}

/** Which component refers to which. What lies outside of all components is the API itself. */
class Uses {
  readonly #from = new Map<string, Set<string>>();

  add(at: Path, ref: string): void {
    const target = componentOf(pathOfReference(ref) ?? []);
    if (target === undefined) return;
    const from = componentOf(at) ?? '';
    const targets = this.#from.get(from);
    if (targets === undefined) this.#from.set(from, new Set([target]));
    else targets.add(target);
  }

  /** All that is reached from the API, and from further components that count as used. */
  reached(more: readonly string[]): ReadonlySet<string> {
    const reached = new Set<string>(more);
    const waiting = ['', ...more];
    for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
      for (const target of this.#from.get(at) ?? []) {
        if (reached.has(target)) continue;
        reached.add(target);
        waiting.push(target);
      }
    }
    return reached;
  }
}

/** Every reference of the document counts, also in extensions, which have no rules. */
function addAll(root: JsonObject, uses: Uses): void {
  for (const [top, value] of namedOf(root)) {
    if (top !== 'components') addBelow(value, [top], uses);
    else {
      for (const [kind, named] of namedOf(value)) {
        for (const [name, component] of namedOf(named)) addBelow(component, [top, kind, name], uses);
      }
    }
  }
}

function addBelow(value: unknown, from: Path, uses: Uses): void {
  const seen = new Set<unknown>();
  const waiting: unknown[] = [value];
  while (waiting.length > 0) {
    const node = waiting.pop();
    if (typeof node !== 'object' || node === null || seen.has(node)) continue;
    seen.add(node);
    const ref = isObject(node) ? textOf(node['$ref']) : undefined;
    if (ref !== undefined) uses.add(from, ref);
    for (const part of Object.values(node)) waiting.push(part);
  }
}

function componentOf(path: Path): string | undefined {
  const [top, kind, name] = path;
  return top === 'components' && kind !== undefined && name !== undefined ? `${kind}/${name}` : undefined;
}

function unusedOf(root: JsonObject, uses: Uses): readonly Path[] {
  const references = new References(root);
  const all = objectOf(root['components']);
  const subtypes = namedOf(all['schemas'])
    .filter(([, schema]) => isObject(schema) && extendsDiscriminated(schema, references))
    .map(([name]) => `schemas/${name}`);
  const reached = uses.reached(subtypes);
  return KINDS.flatMap((kind) =>
    namedOf(all[kind])
      .filter(([name]) => !reached.has(`${kind}/${name}`))
      .map(([name]): Path => ['components', kind, name]),
  );
}

export const COMPONENT_RULES: readonly Rule[] = [components];
