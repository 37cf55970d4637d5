import type { JsonObject, Path } from '../document/json-value.ts';
import type { Enforced } from './enforced.ts';
import type { LintOptions } from './options.ts';

export type Severity = 'error' | 'warning' | 'info';
/** What a score is given for. */
export type Axis = 'consistency' | 'versioning' | 'documentation' | 'security' | 'agent-readiness';

/** One thing asked of every API. Facts for people, and `hooks` for the walk over a document. */
export interface Rule {
  /** `C01`: the family and a number. Never given to another rule. */
  readonly id: string;
  readonly severity: Severity;
  readonly axis: Axis;
  /** What is asked, in one line. */
  readonly summary: string;
  /** What goes wrong otherwise. */
  readonly why: string;
  /** Parts of documents in YAML: the rule finds something in the one and nothing in the other. */
  readonly bad: string;
  readonly good: string;
  /** An earlier version of both examples, for rules that compare. */
  readonly earlier?: string;
  /** What the gate enforces in both examples, for rules that look at it. */
  readonly enforced?: Enforced;
  /** The version of Gatehouse that first had it. */
  readonly since: string;
  /** Names of the options that it goes by. */
  readonly options?: readonly (keyof LintOptions)[];
  /** Called once for each document: what the hooks gather lives in their closure. */
  readonly hooks: (lint: RuleContext) => Hooks;
}

/**
 * What is called while a document is walked. Every node is visited once, where it is written, whoever refers to it.
 * Nodes are no references: those are resolved, and not visited where they stand.
 */
export interface Hooks {
  /** The root, before everything else. */
  readonly document?: (site: Site) => void;
  readonly server?: (site: Site) => void;
  readonly pathItem?: (site: PathItemSite) => void;
  readonly operation?: (site: OperationSite) => void;
  readonly parameter?: (site: Site) => void;
  readonly requestBody?: (site: Site) => void;
  readonly response?: (site: Site) => void;
  readonly header?: (site: HeaderSite) => void;
  readonly mediaType?: (site: MediaTypeSite) => void;
  readonly schema?: (site: SchemaSite) => void;
  readonly securityScheme?: (site: NamedSite) => void;
  /** Every `$ref`, at the object that holds it. */
  readonly reference?: (site: ReferenceSite) => void;
  /** After everything else. */
  readonly end?: () => void;
}

/** A node and where it is written. */
export interface Site {
  readonly node: JsonObject;
  readonly path: Path;
}

export interface NamedSite extends Site {
  readonly name: string;
}

/** Whose call it is: callers call `path`, the API calls `webhook` and `callback`. */
export type Direction = 'path' | 'webhook' | 'callback';

export interface PathItemSite extends Site {
  /** `/users/{id}`; of a webhook, its name. */
  readonly template: string;
  /** Where the template is written, as the path item may be elsewhere. */
  readonly templatePath: Path;
  readonly direction: Direction;
}

export interface OperationSite extends Site {
  /** In lower case. */
  readonly method: string;
  readonly template: string;
  readonly direction: Direction;
  readonly pathItem: PathItemSite;
  /** Its own and the path item's, resolved; own ones win. */
  readonly parameters: readonly Site[];
  /** Resolved. */
  readonly requestBody: Site | undefined;
  /** Resolved, in the order written. */
  readonly responses: readonly ResponseOf[];
}

export interface ResponseOf extends Site {
  /** `200`, `4XX`, `default`. */
  readonly status: string;
}

export interface HeaderSite extends NamedSite {
  /** Undefined for headers among the components. */
  readonly of: 'response' | 'encoding' | undefined;
}

export interface MediaTypeSite extends Site {
  /** `application/json`, as written. */
  readonly type: string;
  readonly of: 'request' | 'response' | 'parameter';
}

export interface SchemaSite extends Site {
  /** Whether callers send it, in a body or a parameter. Both are false for what nothing uses. */
  readonly inRequest: boolean;
  /** Whether callers receive it. */
  readonly inResponse: boolean;
  /** The name of the property that it is the schema of, where it is written as one. */
  readonly property: string | undefined;
  /** The name under `components.schemas`, of that schema itself only. */
  readonly component: string | undefined;
  /** Whether it only asks something of a value that is described elsewhere, as `if` and `not` do. */
  readonly isTest: boolean;
}

export interface ReferenceSite extends Site {
  readonly ref: string;
  /** Whether it leads somewhere; undefined where that cannot be known (other files, anchors). */
  readonly resolves: boolean | undefined;
}

export interface RuleContext {
  readonly root: JsonObject;
  readonly version: '3.0' | '3.1' | '3.2';
  readonly options: LintOptions;
  /** The root of the version that was published before. */
  readonly previous: JsonObject | undefined;
  /** What the gate asks of callers; undefined where nobody knows. */
  readonly enforced: Enforced | undefined;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
  /** Follows references. Undefined for what is no object, and for references that lead nowhere. */
  readonly resolve: (value: unknown) => JsonObject | undefined;
  /** The same, with the place that was reached. */
  readonly siteOf: (value: unknown, path: Path) => Site | undefined;
  /** A finding at a path. `mildest` lowers a severity that would be above it. */
  readonly report: (message: string, path: Path, mildest?: Severity) => void;
}
