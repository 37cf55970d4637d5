import { basePath, pathPattern } from '../forms/path-pattern.ts';
import { parseEndpointUrl } from '../forms/endpoint-url.ts';
import { host } from '../forms/host-name.ts';
import { method } from '../forms/tokens.ts';
import { quote } from '../problems/nearest.ts';
import type { Report, Place } from '../problems/report.ts';
import type { ApiSource, RouteSource } from '../schema/api-schema.ts';
import type { PolicyContext } from '../schema/policy-list.ts';
import type { PolicySpec, RouteCondition, RouteSpec, UpstreamSpec, VersionCondition } from '../snapshot.ts';
import { checkReference, type Compilation } from './compilation.ts';
import { implicitUpstream } from './compile-upstreams.ts';
import type { OpenApiDocument, ReadDocument } from './openapi-document.ts';
import { policySpecs } from './policy-specs.ts';
import { answeredByPolicies } from './policy-routes.ts';
import { variesBy, versionCondition, withVersion } from './version-condition.ts';
import { routeId, routeShape, type RouteDraft } from './route-identity.ts';

/** What is let through before 413 where no policy says otherwise. */
export const BODY_BYTES_MAX = 100 * 1024 ** 2;

export interface RouteContext extends Compilation {
  /** Named ones, and those that URLs stand for, which are added here. */
  readonly upstreams: Map<string, UpstreamSpec>;
  readonly readDocument: ReadDocument;
}

export function compileRoutes(context: RouteContext): RouteDraft[] {
  return Object.entries(context.source.apis).flatMap(([name, api]) => new ApiCompiler(name, api, context).routes());
}

/** A route before it is joined with its API: written in the file, taken from a document, or standing for everything. */
interface RoutePlan {
  readonly report: Report;
  readonly place: Place;
  readonly method: string;
  readonly path: string;
  readonly written: RouteSource | undefined;
}

class ApiCompiler {
  readonly #name: string;
  readonly #api: ApiSource;
  readonly #context: RouteContext;

  constructor(name: string, api: ApiSource, context: RouteContext) {
    this.#name = name;
    this.#api = api;
    this.#context = context;
  }

  routes(): RouteDraft[] {
    const api = this.#api;
    const document = api.openapi === undefined ? undefined : this.#context.readDocument(api, api.openapi);
    const written = (api.routes ?? []).map((route, index) => this.#written(route, index));
    const everything = api.openapi === undefined && api.routes === undefined ? [this.#everything()] : [];
    if (api.openapi === undefined && api.routes?.length === 0) this.#noRoutes('routes');
    if (document?.empty === true && written.length === 0) this.#noRoutes('openapi');
    const base = this.#base(document);
    const drafts = [...written, ...everything].map((plan) => this.#draft(plan, base));
    const taken = new Set(drafts.map(({ spec }) => routeShape(spec)));
    const operations = (document?.operations ?? []).map((operation) =>
      this.#draft({ ...operation, written: undefined }, base),
    );
    const all = [...operations.filter(({ spec }) => !taken.has(routeShape(spec))), ...drafts];
    return [
      ...all,
      ...answeredByPolicies(all, {
        when: withVersion(undefined, base.versionCondition),
        policies: this.#context.policies,
      }),
    ];
  }

  #written(route: RouteSource, index: number): RoutePlan {
    const { places, report } = this.#context;
    return {
      report,
      place: places.at(this.#api.routes ?? [], index),
      method: method(route.method),
      path: pathPattern(route.path),
      written: route,
    };
  }

  #everything(): RoutePlan {
    const { places, report } = this.#context;
    return { report, place: places.of(this.#api), method: '*', path: '/*', written: undefined };
  }

  #noRoutes(key: string): void {
    const { places, report } = this.#context;
    const message =
      key === 'routes'
        ? '`routes` is empty, leave it out to let every method and path through'
        : 'the document has no operations, add some or leave `openapi` out';
    report.problem(places.at(this.#api, key), message);
  }

  #base(document: OpenApiDocument | undefined): RouteBase {
    const api = this.#api;
    const prefix = basePath(api.basePath);
    const context = this.#policyContext(document, prefix);
    const version = versionCondition(api, this.#context);
    return {
      api: this.#name,
      version: api.version ?? document?.version ?? '',
      hosts: [...new Set(api.hosts.map(host))],
      prefix,
      strip: api.stripBasePath ? prefix : '',
      upstream: this.#upstream(api),
      policies: [
        ...this.#varying(version, context),
        ...policySpecs(api.policies, this.#name, { ...this.#context, context }),
      ],
      context,
      versionCondition: version,
    };
  }

  /** Caches between the gate and its callers keep the replies of versions apart. */
  #varying(version: VersionCondition | undefined, context: RouteBase['context']): readonly PolicySpec[] {
    const vary = variesBy(version);
    if (vary === undefined || !this.#context.policies.some(({ name }) => name === 'headers')) return [];
    const entry = { headers: { response: { add: { vary } } } };
    return policySpecs([entry], `${this.#name}#versioning`, { ...this.#context, context });
  }

  #draft({ report, place, written, ...plan }: RoutePlan, base: RouteBase): RouteDraft {
    const when = withVersion(written?.when && this.#condition(written.when), base.versionCondition);
    const upstream = written?.upstream === undefined ? base.upstream : this.#upstream(written);
    if (upstream === undefined) this.#checkUpstreamWritten(written);
    const { prefix, upstream: _, context, versionCondition: __, ...shared } = base;
    const path = prefix + plan.path;
    const id = routeId({ api: this.#name, method: plan.method, path, when });
    const spec: RouteSpec = {
      id,
      ...shared,
      method: plan.method,
      path,
      when,
      access: written?.access ?? this.#api.access,
      allow: written?.allow ?? [],
      policies: [...base.policies, ...policySpecs(written?.policies ?? [], id, { ...this.#context, context })],
      bodyBytesMax: BODY_BYTES_MAX,
      target: { kind: 'upstream', upstream: upstream ?? '' },
    };
    return { spec, report, place };
  }

  #policyContext(document: OpenApiDocument | undefined, prefix: string): RouteBase['context'] {
    const { readText, declared, upstreams } = this.#context;
    return {
      basePath: prefix,
      document: document?.source,
      readText,
      upstream: (name) => {
        if (declared.upstreams.has(name)) return name;
        if (!name.includes('://') || 'wrong' in parseEndpointUrl(name)) return undefined;
        const spec = implicitUpstream(name);
        upstreams.set(spec.name, spec);
        return spec.name;
      },
    };
  }

  #checkUpstreamWritten(route: RouteSource | undefined): void {
    const { places, report } = this.#context;
    if (places.wrote(this.#api, 'upstream') || (route !== undefined && places.wrote(route, 'upstream'))) return;
    const right = 'write the name of an upstream or a URL, here or in each route';
    report.problem(places.of(this.#api), `\`upstream\` is missing in ${quote(this.#name)}, ${right}`);
  }

  /** The name under which the snapshot holds it; `undefined` when there is none or it is wrong. */
  #upstream(holder: { readonly upstream?: string }): string | undefined {
    const name = holder.upstream;
    if (name === undefined) return undefined;
    const { places, report, declared, upstreams } = this.#context;
    if (name.includes('://')) {
      const result = parseEndpointUrl(name);
      if ('wrong' in result) {
        report.problem(places.at(holder, 'upstream'), `\`upstream\` ${result.wrong}`);
        return undefined;
      }
      const spec = implicitUpstream(name);
      upstreams.set(spec.name, spec);
      return spec.name;
    }
    if (/^[^/]*:\d+/.test(name) && !declared.upstreams.has(name)) {
      report.problem(
        places.at(holder, 'upstream'),
        '`upstream` looks like a URL without its scheme, write http:// in front',
      );
      return undefined;
    }
    const reference = { noun: 'upstream', holder, key: 'upstream', name, known: declared.upstreams };
    return checkReference(reference, this.#context) ? name : undefined;
  }

  #condition(when: NonNullable<RouteSource['when']>): RouteCondition | undefined {
    const { places, report } = this.#context;
    const headers = new Map<string, string>();
    for (const [name, value] of Object.entries(when.headers)) {
      const lower = name.toLowerCase();
      if (headers.has(lower)) {
        report.problem(places.key(when.headers, name), `the header ${quote(name)} is written twice, leave one out`);
      }
      headers.set(lower, value);
    }
    const query = { ...when.query };
    return headers.size + Object.keys(query).length === 0 ? undefined : { headers: Object.fromEntries(headers), query };
  }
}

interface RouteBase extends Pick<RouteSpec, 'api' | 'version' | 'hosts' | 'strip' | 'policies'> {
  readonly prefix: string;
  readonly upstream: string | undefined;
  readonly context: Omit<PolicyContext, 'problem'>;
  readonly versionCondition: VersionCondition | undefined;
}
