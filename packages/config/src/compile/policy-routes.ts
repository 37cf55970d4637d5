import { quote } from '../problems/nearest.ts';
import type { PolicyForm } from '../schema/policy-list.ts';
import type { PolicySpec, RouteSpec } from '../snapshot.ts';
import { routeId, routeShape, type RouteDraft } from './route-identity.ts';
import { canonicalJson } from './snapshot-version.ts';

/**
 * Routes for the paths at which policies of these routes answer themselves, such as that to which a login comes back:
 * open to everybody, with the policies of the route that led there, and once for all routes that share them.
 */
export function answeredByPolicies(
  drafts: readonly RouteDraft[],
  { when, policies }: { readonly when: RouteSpec['when']; readonly policies: readonly PolicyForm[] },
): RouteDraft[] {
  const written = new Set(drafts.map(({ spec }) => routeShape(spec)));
  const answering = new Map<string, string>();
  return drafts.flatMap((draft) =>
    draft.spec.policies.flatMap((policy) =>
      pathsOf(policy, policies).flatMap((path) => {
        const own = routeAt(path, when, draft);
        const shape = routeShape(own.spec);
        const content = canonicalJson(policy.config);
        const first = answering.get(shape);
        answering.set(shape, first ?? content);
        if (first !== undefined && first !== content) {
          draft.report.problem(draft.place, `two policies answer at ${quote(path)}, give one of them another path`);
        }
        return first === undefined && !written.has(shape) ? [own] : [];
      }),
    ),
  );
}

function pathsOf({ name, config }: PolicySpec, policies: readonly PolicyForm[]): readonly string[] {
  const form = policies.find((each) => each.name === name);
  // A policy that is wrong has told so.
  return config === undefined ? [] : (form?.paths?.(config) ?? []);
}

function routeAt(path: string, when: RouteSpec['when'], { spec, report, place }: RouteDraft): RouteDraft {
  const id = routeId({ api: spec.api, method: '*', path, when });
  return { spec: { ...spec, id, method: '*', path, when, access: 'open' }, report, place };
}
