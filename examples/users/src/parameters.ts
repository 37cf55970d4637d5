import type { DocumentNode } from './document-node.ts';
import type { Fields } from './fields.ts';
import { type Fault, Problem } from './problem.ts';
import type { Check, SchemaCompiler } from './schema-compiler.ts';

export interface ParameterValues {
  readonly path: Fields;
  readonly query: Fields;
  /** By lower-case name. */
  readonly header: Fields;
}

type Place = keyof ParameterValues;

/** The parameters of one operation. */
export class Parameters {
  readonly #names: ReadonlySet<string>;
  readonly #check: Readonly<Record<Place, Check>>;
  readonly #defaults: Fields;
  readonly #integers: ReadonlySet<string>;

  constructor(nodes: readonly DocumentNode[], compiler: SchemaCompiler) {
    const compile = (place: Place): Check => {
      const here = nodes.filter((node) => node.text('in') === place);
      const required = here.filter((node) => node.value['required'] === true).map(nameOf);
      // Callers may send any header; a query parameter that we do not know is a typing error that would go unnoticed.
      return compiler.members(schemasOf(here), { required, allowsOthers: place === 'header' });
    };
    this.#names = new Set(nodes.map(nameOf));
    this.#check = { path: compile('path'), query: compile('query'), header: compile('header') };
    const query = [...schemasOf(nodes.filter((node) => node.text('in') === 'query'))];
    const defaults = query.map(([name, { value }]): [string, unknown] => [name, value['default']]);
    this.#defaults = Object.fromEntries(defaults.filter(([, value]) => value !== undefined));
    this.#integers = new Set(query.flatMap(([name, { value }]) => (value['type'] === 'integer' ? [name] : [])));
  }

  /** Takes the header? By lower-case name. */
  has(name: string): boolean {
    return this.#names.has(name);
  }

  /** The values in their declared types, defaults filled in. Throws the `Problem` that the caller is to see. */
  read(given: ParameterValues): ParameterValues {
    const query = Object.entries(given.query).map(([name, value]) => [
      name,
      this.#integers.has(name) ? toInteger(value) : value,
    ]);
    const values = {
      path: given.path,
      query: { ...this.#defaults, ...Object.fromEntries(query) },
      header: given.header,
    };
    // A path that no user can have leads to no user.
    if (this.#check.path(values.path).length > 0) throw new Problem('user.not_found');
    const faults = [...this.#check.query(values.query), ...this.#check.header(values.header)].map(toParameterFault);
    if (faults.some(isMissingIfMatch)) throw new Problem('request.precondition_required');
    if (faults.length > 0) throw new Problem('request.invalid_parameter', { errors: faults });
    return values;
  }
}

function nameOf(node: DocumentNode): string {
  const name = node.text('name');
  return node.text('in') === 'header' ? name.toLowerCase() : name;
}

function schemasOf(nodes: readonly DocumentNode[]): ReadonlyMap<string, DocumentNode> {
  return new Map(
    nodes.flatMap((node): [string, DocumentNode][] => {
      const schema = node.child('schema');
      return schema === undefined ? [] : [[nameOf(node), schema]];
    }),
  );
}

/** What is not spelled as an integer stays as it is, for the schema to refuse. */
function toInteger(value: unknown): unknown {
  return typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value;
}

function toParameterFault(fault: Fault): Fault {
  const [, parameter = ''] = (fault.pointer ?? '').split('/');
  return { parameter: parameter.slice(0, 100), detail: fault.detail };
}

/** RFC 6585 gives a missing precondition a status of its own. */
function isMissingIfMatch(fault: Fault): boolean {
  return fault.parameter === 'if-match' && fault.detail === 'is required';
}
