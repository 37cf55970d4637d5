import { isObject, pointerOf, textOf, type JsonObject, type Path } from '../document/json-value.ts';
import { UnreadableDocument, type SpecDocument } from '../document/spec-document.ts';
import { milder, type Finding } from './finding.ts';
import type { Enforced } from './enforced.ts';
import type { LintOptions } from './options.ts';
import { References } from './references.ts';
import type { Hooks, Rule, RuleContext, Severity } from './rule.ts';
import { walk, type HooksByName } from './walk.ts';

export interface RuleRun {
  readonly document: SpecDocument;
  /** What is looked for, and how grave each is. */
  readonly rules: readonly (readonly [Rule, Severity])[];
  readonly options: LintOptions;
  readonly previous: JsonObject | undefined;
  readonly enforced?: Enforced | undefined;
  readonly nowMs: number;
}

export interface RuleOutcome {
  readonly findings: readonly Finding[];
  /** How much was looked at. */
  readonly nodes: number;
}

const VERSION = /^3\.([012])(?:\.\d+)?(?:-.*)?$/;

/** One walk for all rules. Throws `UnreadableDocument` for what is no OpenAPI 3.0, 3.1 or 3.2. */
export function runRules({ document, rules, options, previous, enforced, nowMs }: RuleRun): RuleOutcome {
  const root = rootOf(document);
  const version = versionOf(document, root);
  const references = new References(root);
  const findings: Finding[] = [];
  const told = new Set<string>();
  const hooks = rules.map(([rule, severity]): Hooks => {
    const lint: RuleContext = {
      root,
      version,
      options,
      previous,
      enforced,
      nowMs,
      resolve: (value) => references.siteOf(value, [])?.node,
      siteOf: (value, path) => references.siteOf(value, path),
      report: (message, path, mildest = severity) => {
        const pointer = pointerOf(path);
        // What many inherit from one place is told once.
        const key = `${rule.id} ${pointer} ${message}`;
        if (told.has(key)) return;
        told.add(key);
        const place = document.placeOf(path);
        const found = milder(severity, mildest);
        findings.push({ rule: rule.id, severity: found, message, path: pointer, ...place });
      },
    };
    return rule.hooks(lint);
  });
  const nodes = walk(root, references, byName(hooks));
  return { findings, nodes };
}

function rootOf(document: SpecDocument): JsonObject {
  if (isObject(document.root)) return document.root;
  throw new UnreadableDocument('is no OpenAPI document: expected an object with `openapi`', document.placeOf([]));
}

function versionOf(document: SpecDocument, root: JsonObject): RuleContext['version'] {
  const written = root['openapi'];
  const minor = VERSION.exec(textOf(written) ?? '')?.[1];
  if (minor === '0') return '3.0';
  if (minor === '1') return '3.1';
  if (minor === '2') return '3.2';
  const path: Path = 'openapi' in root ? ['openapi'] : 'swagger' in root ? ['swagger'] : [];
  throw new UnreadableDocument(`is no OpenAPI 3.0, 3.1 or 3.2: ${foundInstead(root)}`, document.placeOf(path));
}

function foundInstead(root: JsonObject): string {
  if ('openapi' in root) return `\`openapi\` is ${JSON.stringify(root['openapi'])}`;
  if ('swagger' in root) return 'it is Swagger 2.0; convert it first';
  return '`openapi` is missing';
}

function byName(all: readonly Hooks[]): HooksByName {
  const named = <Name extends keyof Hooks>(name: Name): NonNullable<Hooks[Name]>[] => {
    const found: NonNullable<Hooks[Name]>[] = [];
    for (const hooks of all) {
      const hook = hooks[name];
      if (hook !== undefined) found.push(hook);
    }
    return found;
  };
  return {
    document: named('document'),
    server: named('server'),
    pathItem: named('pathItem'),
    operation: named('operation'),
    parameter: named('parameter'),
    requestBody: named('requestBody'),
    response: named('response'),
    header: named('header'),
    mediaType: named('mediaType'),
    schema: named('schema'),
    securityScheme: named('securityScheme'),
    reference: named('reference'),
    end: named('end'),
  };
}
