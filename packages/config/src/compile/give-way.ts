import type { RouteSpec, Snapshot } from '../snapshot.ts';
import { AI_API } from './ai-paths.ts';
import { deepFreeze } from './deep-freeze.ts';
import { placesOf } from './route-identity.ts';
import { snapshotVersion } from './snapshot-version.ts';

/** What of an example, such as a demo, can be served beside what somebody has made of their own: that counts where both say something. */
export function givenWay(example: Snapshot, own: Snapshot): Snapshot {
  const apis = new Set(own.routes.map(({ api }) => api).filter((api) => api !== AI_API));
  const products = new Set(
    Object.values(own.plans ?? {}).flatMap(({ grants }) => grants.map(({ product }) => product)),
  );
  const taken = new Set(own.routes.filter(({ api }) => api !== AI_API).flatMap(placesOf));
  const upstreams = new Set(Object.keys(own.upstreams));
  const gone = new Set(
    example.routes
      .filter((route) => apis.has(route.api) || products.has(route.api) || isTaken(route, { taken, upstreams }))
      .map(({ api }) => api),
  );
  const applications = new Set(own.credentials.map(({ application }) => application));
  const content = {
    ...example,
    upstreams: without(example.upstreams, upstreams),
    routes: example.routes.filter(({ api }) => api === AI_API || !gone.has(api)),
    credentials: example.credentials.filter(({ application }) => !applications.has(application)),
    ...(example.plans !== undefined && { plans: without(example.plans, new Set(Object.keys(own.plans ?? {}))) }),
    ai: example.ai && {
      ...example.ai,
      providers: without(example.ai.providers, new Set(Object.keys(own.ai?.providers ?? {}))),
      models: without(example.ai.models, new Set(Object.keys(own.ai?.models ?? {}))),
      prompts: without(example.ai.prompts ?? {}, new Set(Object.keys(own.ai?.prompts ?? {}))),
    },
  };
  const { version: _version, ...rest } = content;
  return deepFreeze({ version: snapshotVersion(rest), ...rest });
}

function isTaken(
  route: RouteSpec,
  { taken, upstreams }: { readonly taken: ReadonlySet<string>; readonly upstreams: ReadonlySet<string> },
): boolean {
  if (route.api === AI_API) return false;
  return (
    placesOf(route).some((place) => taken.has(place)) ||
    (route.target.kind === 'upstream' && upstreams.has(route.target.upstream))
  );
}

function without<T>(record: Readonly<Record<string, T>>, names: ReadonlySet<string>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.has(name)));
}
