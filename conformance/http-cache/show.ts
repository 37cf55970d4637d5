/** `node conformance/http-cache/show.ts [CASE]`: plays the suite and prints what did not pass, or one case and all of it. */
import { playSuite } from './run.ts';
import { count } from './score.ts';

const only = process.argv[2];
const scored = await playSuite(only);
const shown = scored.filter(({ id, verdict, kind }) =>
  only === undefined ? verdict !== 'pass' && kind !== 'check' : id === only,
);
for (const { suite, id, kind, verdict, why } of shown) console.log(`${kind} ${suite}/${id}: ${verdict} ${why}`);
if (only === undefined) {
  for (const kind of ['required', 'optimal', 'check'] as const) {
    console.log(`${kind}: ${count(scored, kind, 'pass')} of ${count(scored, kind)}`);
  }
}
