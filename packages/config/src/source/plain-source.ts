import { LineIndex } from '../problems/line-index.ts';
import type { ConfigProblem } from '../problems/problem.ts';
import { Report } from '../problems/report.ts';
import { substitute, type Environment } from './environment.ts';
import { parseSource } from './parse-source.ts';
import { childPath, type ScalarNode, type SourceNode } from './source-node.ts';

export interface PlainSource {
  /** What the file says, as JSON: nothing is defaulted, variables are put in. */
  readonly source: unknown;
  /** Variables that are not set, where nothing but them stood: `***` stands there now. */
  readonly unset: readonly UnsetVariable[];
  /** Where the file says `apis.users.upstream`, or what is nearest above it. */
  readonly placeOf: (path: string) => { readonly line: number; readonly column: number };
}

export interface UnsetVariable {
  readonly name: string;
  /** `ai.providers.openai.apiKey` */
  readonly path: string;
}

/** Stands for a secret that whoever reads it knows already. */
const KEPT = '***';
/** Members that are texts wherever a gatehouse.yaml has them: `1.0` is another version than `1`, and a secret has all of its digits. */
const TEXTS: ReadonlySet<string> = new Set([
  'accessKeyId',
  'apiKey',
  'clientSecret',
  'introspectionSecret',
  'key',
  'model',
  'name',
  'owner',
  'password',
  'plan',
  'privateKey',
  'product',
  'provider',
  'secret',
  'secretAccessKey',
  'secrets',
  'sessionToken',
  'team',
  'title',
  'token',
  'username',
  'version',
]);
/** Below those stands JSON of people's own, with members of any name. */
const FREE: ReadonlySet<string> = new Set(['body', 'claims', 'default', 'merge', 'schema', 'set']);
/** Aliases of aliases could be followed for ever. */
const NODES_MAX = 2_000_000;

/** The text of a gatehouse.yaml as plain data, for those who carry it elsewhere; whether it can be served, `compileConfig` says. */
export function plainSource(
  text: string,
  { file, env }: { readonly file: string; readonly env: Environment },
): PlainSource | { readonly problems: readonly ConfigProblem[] } {
  const lines = new LineIndex(text);
  const report = new Report(file, lines);
  const document = parseSource(text, report);
  if (document === undefined) return { problems: report.problems() };
  const reader = new PlainReader(report, env);
  const source = reader.read(document.root, { path: '', name: '', free: false });
  const problems = report.problems();
  if (problems.length > 0) return { problems };
  return { source, unset: reader.unset, placeOf: (path) => lines.position(reader.offsetOf(path)) };
}

class PlainReader {
  readonly unset: UnsetVariable[] = [];
  readonly #report: Report;
  readonly #env: Environment;
  readonly #offsets = new Map<string, number>();
  #nodes = 0;

  constructor(report: Report, env: Environment) {
    this.#report = report;
    this.#env = env;
  }

  offsetOf(path: string): number {
    for (let known = unquoted(path); known !== ''; known = known.replace(/(?:\.[^.[]+|\[[^[]*\]|^[^.[]+)$/, '')) {
      const offset = this.#offsets.get(known);
      if (offset !== undefined) return offset;
    }
    return 0;
  }

  read(node: SourceNode, { path, name, free }: Spot): unknown {
    if (++this.#nodes > NODES_MAX) {
      if (this.#nodes === NODES_MAX + 1)
        this.#report.problem({ offset: node.offset, path }, 'aliases make more of this than can be read, write less');
      return null;
    }
    if (node.kind === 'scalar') return this.#scalar(node, { path, name, free });
    if (node.kind === 'list')
      return node.items.map((item, index) =>
        this.#child(item, { path: childPath(path, index), name, free }, item.offset),
      );
    // Not assigned one by one: `__proto__` is a name like any other.
    return Object.fromEntries(
      node.entries.map(({ key, keyOffset, node: item }) => [
        key,
        this.#child(item, { path: childPath(path, key), name: key, free: free || FREE.has(key) }, keyOffset),
      ]),
    );
  }

  #child(node: SourceNode, spot: Spot, offset: number): unknown {
    this.#offsets.set(unquoted(spot.path), offset);
    return this.read(node, spot);
  }

  #scalar(node: ScalarNode, { path, name, free }: Spot): unknown {
    const isText = !free && TEXTS.has(name);
    if (typeof node.value !== 'string') return isText && node.value !== null ? node.text : node.value;
    const [, alone] = /^\$\{([A-Za-z_][A-Za-z0-9_]{0,127})\}$/.exec(node.value) ?? [];
    if (alone !== undefined && (!Object.hasOwn(this.#env, alone) || this.#env[alone] === undefined)) {
      this.unset.push({ name: alone, path });
      return KEPT;
    }
    const { text, substituted, problems } = substitute(node.value, this.#env);
    for (const { message } of problems) this.#report.problem({ offset: node.offset, path }, message);
    return substituted && alone !== undefined && !isText ? typed(text) : text;
  }
}

interface Spot {
  readonly path: string;
  /** Of the member that it is, or that it is an item of. */
  readonly name: string;
  readonly free: boolean;
}

/** `ai.models["gpt-4.1"]` → `ai.models.gpt-4.1`, as those say it who have no quotes. */
function unquoted(path: string): string {
  return path.replaceAll(/\["((?:[^"\\]|\\.)*)"\]/g, (_, name: string) => `.${name}`).replace(/^\./, '');
}

/** A number or a truth value of the environment is one wherever it is wanted, and a text where that is. */
function typed(text: string): string | number | boolean {
  if (text === 'true' || text === 'false') return text === 'true';
  return text !== '' && String(Number(text)) === text ? Number(text) : text;
}
