/**
 * `node conformance/http-cache/show.ts [CASE]` plays the suite and prints what did not pass, or one case and all that
 * went over the wire. `--record` keeps the verdicts for the report.
 */
import { writeFileSync } from 'node:fs';
import { VERDICTS_FILE } from './report.ts';
import { playSuite } from './run.ts';
import { count } from './score.ts';

const record = process.argv.includes('--record');
const only = process.argv.slice(2).find((word) => !word.startsWith('--'));
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
if (record) {
  const kept = scored.map(({ suite, id, kind, verdict }) => ({ suite, id, kind, verdict }));
  writeFileSync(VERDICTS_FILE, `${JSON.stringify(kept, null, 1)}\n`);
}
