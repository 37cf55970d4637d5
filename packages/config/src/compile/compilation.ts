import { quote, suggestion } from '../problems/nearest.ts';
import type { Report } from '../problems/report.ts';
import type { ConfigSource } from '../schema/config-schema.ts';
import type { PolicyForm } from '../schema/policy-list.ts';
import type { Places } from '../source/places.ts';
import { entryOf, type SourceNode } from '../source/source-node.ts';

/** What every part of the compiler works with. */
export interface Compilation {
  readonly source: ConfigSource;
  readonly places: Places;
  readonly report: Report;
  /** Names that the file declares, of entries with problems too: a reference to one of them is not unknown. */
  readonly declared: Declared;
  readonly policies: readonly PolicyForm[];
  /** A file beside the configuration; throws when it cannot be read. */
  readonly readText: (file: string) => string;
}

export interface Declared {
  readonly upstreams: ReadonlySet<string>;
  readonly apis: ReadonlySet<string>;
  readonly plans: ReadonlySet<string>;
  readonly applications: ReadonlySet<string>;
  readonly providers: ReadonlySet<string>;
  readonly models: ReadonlySet<string>;
  readonly prompts: ReadonlySet<string>;
}

/** Names that somebody else declares, and that what is compiled may refer to. */
export type OthersNames = Partial<Readonly<Record<'apis' | 'models' | 'prompts', readonly string[]>>>;

export function declaredNames(root: SourceNode, others: OthersNames): Declared {
  const names = (node: SourceNode | undefined, section: string, more: readonly string[] = []): ReadonlySet<string> => {
    const found = entryOf(node, section)?.node;
    return new Set([...(found?.kind === 'map' ? found.entries.map(({ key }) => key) : []), ...more]);
  };
  const ai = entryOf(root, 'ai')?.node;
  return {
    upstreams: names(root, 'upstreams'),
    apis: names(root, 'apis', others.apis),
    plans: names(root, 'plans'),
    applications: names(root, 'applications'),
    providers: names(ai, 'providers'),
    models: names(ai, 'models', others.models),
    prompts: names(ai, 'prompts', others.prompts),
  };
}

export interface Reference {
  /** What it is called: `plan`, `model`. */
  readonly noun: string;
  /** The map or list that holds the reference, and where in it. */
  readonly holder: object;
  readonly key: string | number;
  readonly name: string;
  readonly known: ReadonlySet<string>;
}

/** False and a problem with the nearest right name when nothing of that name is declared. */
export function checkReference(
  { noun, holder, key, name, known }: Reference,
  { places, report }: Compilation,
): boolean {
  if (known.has(name)) return true;
  report.problem(places.at(holder, key), () => {
    const written = places.written(holder, key);
    // A name from the environment is not told, and so not compared with others either.
    const hint = written === name ? suggestion(name, [...known]) : `write one of the known ${noun}s`;
    return `unknown ${noun} ${quote(written)}, ${hint}`;
  });
  return false;
}

/** The own property: a name that a caller chose may be that of something every object has. */
export function lookUp<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}
