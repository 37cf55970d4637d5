/** A case of the suite, as far as it is scored. */
export interface Case {
  readonly id: string;
  readonly name: string;
  readonly kind?: 'required' | 'optimal' | 'check';
  readonly depends_on?: readonly string[];
  readonly browser_only?: boolean;
}

export interface Suite {
  readonly id: string;
  readonly name: string;
  readonly tests: readonly Case[];
}

/** True, or why not: `Setup` when something that the case builds on failed, `Assertion` when the case itself did. */
export type Results = Readonly<Record<string, true | readonly [string, string]>>;

export type Verdict = 'pass' | 'fail' | 'setup failed' | 'dependency failed' | 'not run';

export interface Scored {
  readonly suite: string;
  readonly id: string;
  readonly name: string;
  readonly kind: 'required' | 'optimal' | 'check';
  readonly verdict: Verdict;
  readonly why: string;
}

/** As the public board scores: a case counts only when every case that it depends on has passed. */
export function score(suites: readonly Suite[], results: Results): readonly Scored[] {
  const cases = new Map(suites.flatMap(({ tests }) => tests.map((test) => [test.id, test] as const)));
  const verdicts = new Map<string, Verdict>();
  const verdictOf = (id: string): Verdict => {
    const known = verdicts.get(id);
    if (known !== undefined) return known;
    const dependencies = cases.get(id)?.depends_on ?? [];
    const verdict = dependencies.some((each) => verdictOf(each) !== 'pass') ? 'dependency failed' : own(results[id]);
    verdicts.set(id, verdict);
    return verdict;
  };
  return suites.flatMap((suite) =>
    suite.tests
      .filter((test) => test.browser_only !== true)
      .map(({ id, name, kind = 'required' }) => {
        const result = results[id];
        const why = result === undefined || result === true ? '' : result[1];
        return { suite: suite.id, id, name, kind, verdict: verdictOf(id), why };
      }),
  );
}

function own(result: Results[string] | undefined): Verdict {
  if (result === undefined) return 'not run';
  if (result === true) return 'pass';
  return result[0] === 'Setup' ? 'setup failed' : 'fail';
}

export function count(scored: readonly Scored[], kind: Scored['kind'], verdict?: Verdict): number {
  return scored.filter((each) => each.kind === kind && (verdict === undefined || each.verdict === verdict)).length;
}
