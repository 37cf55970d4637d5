import path from 'node:path';
import { formatProblem, plainSource, type ConfigProblem, type PlainSource } from '@gatehouse/config';
import { CommandFailure } from '../failure.ts';
import { compileText, type Environment } from '../load-config.ts';
import { loadPlugins } from '../plugins/load-plugins.ts';
import { readConfigOnce, readUtf8 } from '../read-config.ts';

/** A gatehouse.yaml with its documents, ready to be sent. */
export interface SentFile {
  readonly file: string;
  readonly source: Readonly<Record<string, unknown>>;
  readonly documents: Readonly<Record<string, string>>;
  /** Variables that are not set here: what is kept under their places stays. */
  readonly unset: PlainSource['unset'];
  readonly placeOf: PlainSource['placeOf'];
}

/** Names that are known where the file goes to, by section: `upstreams`, `plans` … */
export type KnownNames = ReadonlyMap<string, ReadonlySet<string>>;

/** Not short, as secrets may not be. */
const STANDS_FOR_SECRET = 'kept-where-the-file-goes-to';

/** Everything that is wrong with a file is told with its line before anything is sent. */
export async function sentFile(
  file: string,
  { env, known }: { readonly env: Environment; readonly known: KnownNames },
): Promise<SentFile> {
  const text = readConfigOnce(file);
  const read = plainSource(text, { file, env });
  if ('problems' in read) throw problemsOf(read.problems);
  const filled = { ...env, ...Object.fromEntries(read.unset.map(({ name }) => [name, STANDS_FOR_SECRET])) };
  const documents: Record<string, string> = {};
  const readText = (name: string): string => {
    const document = readUtf8(name);
    documents[path.resolve(name)] = document;
    return document;
  };
  const plugins = await loadPlugins(text, { file, readText: readUtf8 });
  const result = compileText(text, { file, env: filled, plugins, readText, others: othersOf(known) });
  const problems = 'problems' in result ? result.problems.filter((problem) => !isKnown(problem, known)) : [];
  if (problems.length > 0) throw problemsOf(problems);
  const { source, unset, placeOf } = read;
  const isMap = typeof source === 'object' && source !== null && !Array.isArray(source);
  return { file, source: isMap ? { ...source } : {}, documents: named(source, documents, file), unset, placeOf };
}

function problemsOf(problems: readonly ConfigProblem[]): CommandFailure {
  return new CommandFailure(problems.map(formatProblem).join('\n'));
}

function othersOf(known: KnownNames): Readonly<Record<'apis' | 'models' | 'prompts', readonly string[]>> {
  const of = (section: string): readonly string[] => [...(known.get(section) ?? [])];
  return { apis: of('apis'), models: of('models'), prompts: of('prompts') };
}

/** Something that is not in the file may be there already. */
function isKnown({ message }: ConfigProblem, known: KnownNames): boolean {
  const [, noun = '', name = ''] = /^unknown (\w+) `([^`]*)`/.exec(message) ?? [];
  return known.get(`${noun}s`)?.has(name) === true;
}

/** Texts under the names that the file calls them by. */
function named(
  source: unknown,
  documents: Readonly<Record<string, string>>,
  file: string,
): Readonly<Record<string, string>> {
  const names = new Set<string>();
  const apis = typeof source === 'object' && source !== null && 'apis' in source ? source.apis : undefined;
  for (const api of Object.values<unknown>(Object(apis))) {
    if (typeof api === 'object' && api !== null && 'openapi' in api && typeof api.openapi === 'string')
      names.add(api.openapi);
  }
  return Object.fromEntries(
    [...names].flatMap((name) => {
      const text = documents[path.resolve(path.dirname(file), name)];
      return text === undefined ? [] : [[name, text]];
    }),
  );
}
