import { quote } from '../problems/nearest.ts';
import type { AiSpec, GatewaySpec, RouteSpec, Snapshot } from '../snapshot.ts';
import type { OthersNames } from './compilation.ts';
import { AI_API } from './ai-paths.ts';
import { deepFreeze } from './deep-freeze.ts';
import { placesOf } from './route-identity.ts';
import { canonicalJson, snapshotVersion } from './snapshot-version.ts';

export { givenWay } from './give-way.ts';

/** What one owner, such as the file or the store, has a gate serve. */
export interface SnapshotPart {
  /** As people know it: `gatehouse.yaml`. */
  readonly owner: string;
  readonly snapshot: Snapshot;
}

/**
 * One snapshot of two parts. Where both say how something that there is once is to be, the first counts: how callers
 * reach the gate, who is told of calls, the paths of models and who may take them. What has one name, one key or one route in both is a
 * problem, because neither owner could know what they get.
 */
export function mergeSnapshots(
  first: SnapshotPart,
  second: SnapshotPart,
): { readonly snapshot: Snapshot } | { readonly problems: readonly string[] } {
  const clashes = new Clashes(first, second);
  const upstreams = clashes.union('the upstream', first.snapshot.upstreams, second.snapshot.upstreams);
  const plans = clashes.union('the plan', first.snapshot.plans ?? {}, second.snapshot.plans ?? {});
  const plugins = clashes.union('the plugin', first.snapshot.plugins ?? {}, second.snapshot.plugins ?? {});
  const gateway = clashes.gateway(first.snapshot.gateway, second.snapshot.gateway);
  const telemetry = first.snapshot.telemetry ?? second.snapshot.telemetry;
  const records = first.snapshot.records ?? second.snapshot.records;
  const content = {
    upstreams,
    routes: clashes.routes(),
    credentials: clashes.credentials(),
    ...(Object.keys(plans).length > 0 && { plans }),
    ai: clashes.ai(first.snapshot.ai, second.snapshot.ai),
    ...(gateway !== undefined && { gateway }),
    ...(Object.keys(plugins).length > 0 && { plugins }),
    ...(telemetry !== undefined && { telemetry }),
    ...(records !== undefined && { records }),
  };
  const { problems } = clashes;
  if (problems.length > 0) return { problems };
  return { snapshot: deepFreeze({ version: snapshotVersion(content), ...content }) };
}

/** What another part may refer to. */
export function namesOf({ routes, ai }: Snapshot): OthersNames {
  return {
    apis: [...new Set(routes.map(({ api }) => api))],
    models: Object.keys(ai?.models ?? {}),
    prompts: Object.keys(ai?.prompts ?? {}),
  };
}

class Clashes {
  readonly problems: string[] = [];
  readonly #first: SnapshotPart;
  readonly #second: SnapshotPart;

  constructor(first: SnapshotPart, second: SnapshotPart) {
    this.#first = first;
    this.#second = second;
  }

  #tell(what: string, right: string): void {
    this.problems.push(`${what} is in both ${this.#first.owner} and ${this.#second.owner}, ${right}`);
  }

  /** The same under one name is one: so it is with upstreams that are written as a URL. */
  union<T>(noun: string, first: Readonly<Record<string, T>>, second: Readonly<Record<string, T>>): Record<string, T> {
    for (const [name, value] of Object.entries(second)) {
      if (!Object.hasOwn(first, name) || canonicalJson(first[name]) === canonicalJson(value)) continue;
      this.#tell(`${noun} ${quote(name)}`, 'give one of them another name');
    }
    return { ...second, ...first };
  }

  routes(): RouteSpec[] {
    const { routes } = this.#first.snapshot;
    const apis = new Set(routes.map(({ api }) => api));
    const taken = new Map(routes.flatMap((route) => placesOf(route).map((place) => [place, route.id] as const)));
    const told = new Set<string>();
    const added = this.#second.snapshot.routes.filter((route) => {
      const { api } = route;
      // The paths of models are there once, whoever has models.
      if (api === AI_API && apis.has(AI_API)) return !routes.some(({ id }) => id === route.id);
      if (apis.has(api) && told.size < told.add(api).size) {
        this.#tell(`the api ${quote(api)}`, 'give one of them another name');
      } else if (!apis.has(api)) {
        const clash = placesOf(route).find((place) => taken.has(place));
        if (clash !== undefined) {
          const ids = `${quote(route.id)} takes the same requests as ${quote(taken.get(clash) ?? '')}`;
          this.problems.push(
            `${ids} of ${this.#first.owner}, give one of them another method, path, host or condition`,
          );
        }
      }
      return true;
    });
    return [...routes, ...added];
  }

  credentials(): Snapshot['credentials'] {
    const { credentials } = this.#first.snapshot;
    const applications = new Set(credentials.map(({ application }) => application));
    const keys = new Set(credentials.map(({ sha256 }) => sha256));
    const told = new Set<string>();
    for (const { application, sha256, name } of this.#second.snapshot.credentials) {
      if (applications.has(application) && told.size < told.add(application).size) {
        this.#tell(`the application ${quote(application)}`, 'give one of them another name');
      } else if (sha256 !== '' && keys.has(sha256)) {
        this.#tell(`the key ${quote(name)} of ${quote(application)}`, 'give each application its own');
      }
    }
    return [...credentials, ...this.#second.snapshot.credentials];
  }

  /** How callers reach the gate, the first says; the second may bring certificates for further hosts. */
  gateway(first: GatewaySpec | undefined, second: GatewaySpec | undefined): GatewaySpec | undefined {
    const more = second?.tls?.certificates ?? [];
    if (first?.tls === undefined || more.length === 0) return first;
    const known = new Set(first.tls.certificates.flatMap(({ hosts }) => hosts));
    const twice = more.flatMap(({ hosts }) => hosts).find((host) => known.has(host));
    if (twice !== undefined) this.#tell(`a certificate for ${quote(twice)}`, 'give one of them other `hosts`');
    return { ...first, tls: { ...first.tls, certificates: [...first.tls.certificates, ...more] } };
  }

  ai(first: AiSpec | undefined, second: AiSpec | undefined): AiSpec | undefined {
    if (first === undefined || second === undefined) return first ?? second;
    const prompts = this.union('the prompt', first.prompts ?? {}, second.prompts ?? {});
    const guards = [...(first.guards ?? []), ...(second.guards ?? [])];
    return {
      ...first,
      providers: this.union('the provider', first.providers, second.providers),
      models: this.union('the model', first.models, second.models),
      prices: { ...second.prices, ...first.prices },
      budgets: [...first.budgets, ...second.budgets],
      ...(guards.length > 0 && { guards }),
      ...(Object.keys(prompts).length > 0 && { prompts }),
    };
  }
}
