import { quote } from '../problems/nearest.ts';
import type { PolicyContext } from '../schema/policy-list.ts';
import type { PolicySpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';

/**
 * The policies of one list as the snapshot holds them. `owner` is the API or the route whose list it is, and with it the
 * scope: all routes of an API share what its policies count. The scope counts policies of one name only, so that it
 * stays when another policy is written in front.
 */
export function policySpecs(
  list: readonly Readonly<Record<string, unknown>>[],
  owner: string,
  compilation: PolicyCompilation,
): PolicySpec[] {
  const counts = new Map<string, number>();
  return list.flatMap((entry) =>
    Object.entries(entry).flatMap(([name, config]) => {
      const place = counts.get(name) ?? 0;
      counts.set(name, place + 1);
      return [{ name, config: parsed({ entry, name, config }, compilation), scope: `${owner}#${name}.${place}` }];
    }),
  );
}

/** `context` is what the policies may ask of their surroundings. */
type PolicyCompilation = Pick<Compilation, 'places' | 'policies' | 'report'> & {
  readonly context: Omit<PolicyContext, 'problem'>;
};

interface Written {
  readonly entry: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly config: unknown;
}

/** What the policy is built from, finished here, so that a worker neither fills in nor checks. */
function parsed({ entry, name, config }: Written, { places, policies, report, context }: PolicyCompilation): unknown {
  const form = policies.find((policy) => policy.name === name);
  try {
    const finished = form?.parse(config);
    const problem = (why: string): void => report.problem(places.key(entry, name), `${quote(name)} ${why}`);
    return form?.compile === undefined ? finished : form.compile(finished, { ...context, problem });
  } catch {
    // Reading goes by the same schema and lets nothing through that this refuses, unless a schema has a keyword that
    // reading does not know. The words may quote a value, which may come from the environment.
    report.problem(places.key(entry, name), `${quote(name)} is not valid here, see the reference`);
    return undefined;
  }
}
