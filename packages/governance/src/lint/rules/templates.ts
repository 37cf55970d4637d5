import { listOf, textOf, type Path } from '../../document/json-value.ts';
import { parametersOf, segmentsOf, type Segment } from '../path-template.ts';
import type { OperationSite, Rule, RuleContext } from '../rule.ts';

const ambiguous: Rule = {
  id: 'C05',
  severity: 'error',
  axis: 'consistency',
  summary: 'No two paths match the same address.',
  why: 'Which of the two answers is then up to each router, and changes with the order of a file.',
  bad: 'paths:\n  /users/{id}: {}\n  /users/{user_id}: {}\n  /{kind}/me: {}\n',
  good: 'paths:\n  /users/{id}: {}\n  /users/me: {}\n',
  since: '0.1.0',
  hooks: ({ report }) => {
    const plain = new Templates();
    // With and without a slash at the end are two addresses.
    const slashed = new Templates();
    return {
      pathItem: ({ template, templatePath: path, direction }) => {
        if (direction !== 'path') return;
        const other = (/^[^?#]*\/(?:[?#]|$)/.test(template) ? slashed : plain).add(template);
        if (other !== undefined) report(`the path matches addresses that \`${other}\` matches too`, path);
      },
    };
  },
};

interface Branch {
  readonly literals: Map<string, Branch>;
  /** Of segments such as `{id}.json`, by `{}.json`. */
  readonly mixed: Map<string, Branch>;
  parameter: Branch | undefined;
  template: string | undefined;
}

/** How often branches are tried in all: paths that begin with parameters would otherwise try all against all. */
const TRIES_MAX = 1_000_000;
/** Longer segments are compared letter by letter only. */
const MIXED_CHARS_MAX = 256;

/**
 * Paths as a tree of segments. A literal is more special than one with a parameter in it, and that than a parameter;
 * two paths that each win once are ambiguous. Whether `{a}-b` and `c-{d}` ever meet is not asked.
 */
class Templates {
  readonly #root = newBranch();
  #tries = 0;

  /** Another path that the new one cannot be told from, if there is one. */
  add(template: string): string | undefined {
    const segments = segmentsOf(template);
    const other = this.#rival(segments, { branch: this.#root, at: 0, won: false, lost: false });
    let branch = this.#root;
    for (const segment of segments) branch = childOf(branch, segment);
    branch.template ??= template;
    return other;
  }

  #rival(segments: readonly Segment[], { branch, at, won, lost }: Search): string | undefined {
    if (++this.#tries > TRIES_MAX) return undefined;
    const segment = segments[at];
    if (segment === undefined) return won === lost ? branch.template : undefined;
    for (const { to, outcome } of this.#ways(branch, segment)) {
      const found = this.#rival(segments, { branch: to, at: at + 1, won, lost, ...outcome });
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Branches that take some of what the segment takes, the one that takes the same first. */
  *#ways(branch: Branch, segment: Segment): Iterable<Way> {
    const key = keyOf(segment);
    const { literals, mixed, parameter } = branch;
    if (isParameter(segment)) {
      if (parameter !== undefined) yield { to: parameter, outcome: {} };
      yield* this.#among(literals, { test: () => true, outcome: { lost: true } });
      yield* this.#among(mixed, { test: () => true, outcome: { lost: true } });
      return;
    }
    const isMixed = segment.parameters.length > 0;
    const same = (isMixed ? mixed : literals).get(key);
    if (same !== undefined) yield { to: same, outcome: {} };
    if (isMixed) yield* this.#among(literals, { test: (text) => isTaken(text, key), outcome: { lost: true } });
    else yield* this.#among(mixed, { test: (pattern) => isTaken(key, pattern), outcome: { won: true } });
    if (parameter !== undefined) yield { to: parameter, outcome: { won: true } };
  }

  *#among(branches: ReadonlyMap<string, Branch>, { test, outcome }: Among): Iterable<Way> {
    for (const [key, to] of branches) {
      if (++this.#tries > TRIES_MAX) return;
      if (test(key)) yield { to, outcome };
    }
  }
}

interface Search {
  readonly branch: Branch;
  readonly at: number;
  /** Whether the new path was more special somewhere, and whether less. */
  readonly won: boolean;
  readonly lost: boolean;
}

interface Way {
  readonly to: Branch;
  readonly outcome: Partial<Pick<Search, 'won' | 'lost'>>;
}

interface Among extends Pick<Way, 'outcome'> {
  readonly test: (key: string) => boolean;
}

function newBranch(): Branch {
  return { literals: new Map(), mixed: new Map(), parameter: undefined, template: undefined };
}

function isParameter({ text, parameters }: Segment): boolean {
  return parameters.length === 1 && text.startsWith('{') && text.endsWith('}');
}

function keyOf({ text }: Segment): string {
  return text.replace(/\{[^{}]*\}/g, '{}');
}

/** Whether `me.json` is taken by `{}.json`: no parameter is empty. */
function isTaken(text: string, pattern: string): boolean {
  if (text.length > MIXED_CHARS_MAX || pattern.length > MIXED_CHARS_MAX) return false;
  const [first = '', ...more] = pattern.split('{}');
  const last = more.pop() ?? '';
  if (!text.startsWith(first) || !text.endsWith(last)) return false;
  let end = first.length;
  for (const piece of more) {
    const found = text.indexOf(piece, end + 1);
    if (found < 0) return false;
    end = found + piece.length;
  }
  return text.length - last.length > end;
}

function childOf(branch: Branch, segment: Segment): Branch {
  if (isParameter(segment)) return (branch.parameter ??= newBranch());
  const key = keyOf(segment);
  const children = segment.parameters.length > 0 ? branch.mixed : branch.literals;
  const child = children.get(key) ?? newBranch();
  children.set(key, child);
  return child;
}

const declared: Rule = {
  id: 'C06',
  severity: 'error',
  axis: 'consistency',
  summary: 'Path parameters are declared, required and used.',
  why: 'A parameter that is only in the path has no type; one that is only declared is never sent.',
  bad: 'paths:\n  /users/{id}:\n    get:\n      parameters: [{ name: user_id, in: path, required: true }]\n',
  good: 'paths:\n  /users/{id}:\n    get:\n      parameters: [{ name: id, in: path, required: true }]\n',
  since: '0.1.0',
  hooks: ({ report, resolve }) => ({
    pathItem: ({ template, templatePath: path, direction }) => {
      if (direction !== 'path') return;
      const twice = repeated(parametersOf(template));
      if (twice !== undefined) report(`\`{${twice}}\` is in the path twice`, path);
    },
    operation: (operation) => {
      if (operation.direction !== 'path') return;
      const names = new Set(parametersOf(operation.template));
      const own = operation.parameters.filter(({ node }) => node['in'] === 'path');
      const unused = own.filter(({ node }) => !names.has(textOf(node['name']) ?? ''));
      const places = unused.length > 0 ? placesIn(operation, resolve) : undefined;
      for (const { node, path } of unused) {
        report(`the path has no \`{${textOf(node['name']) ?? ''}}\``, places?.get(node) ?? path);
      }
      for (const { node, path } of own) {
        if (node['required'] === true) continue;
        report(`\`${textOf(node['name']) ?? ''}\` is in the path, so it needs \`required: true\``, path);
      }
      for (const name of missing(names, own)) {
        report(`\`{${name}}\` is in the path and not declared`, operation.path);
      }
    },
  }),
};

/** Where an operation takes its parameters: at the reference, for those that are written elsewhere. */
function placesIn(
  { node, path, pathItem }: OperationSite,
  resolve: RuleContext['resolve'],
): ReadonlyMap<unknown, Path> {
  const places = new Map<unknown, Path>();
  for (const holder of [pathItem, { node, path }]) {
    for (const [i, parameter] of listOf(holder.node['parameters']).entries()) {
      places.set(resolve(parameter), [...holder.path, 'parameters', i]);
    }
  }
  return places;
}

function missing(names: ReadonlySet<string>, own: OperationSite['parameters']): readonly string[] {
  const given = new Set(own.map(({ node }) => node['name']));
  return [...names].filter((name) => !given.has(name));
}

function repeated(names: readonly string[]): string | undefined {
  return names.find((name, i) => names.indexOf(name) !== i);
}

export const TEMPLATE_RULES: readonly Rule[] = [ambiguous, declared];
