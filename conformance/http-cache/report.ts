import { readFileSync } from 'node:fs';
import path from 'node:path';
import { count, type Scored } from './score.ts';

/** What the suite said when it was recorded last: `node conformance/http-cache/show.ts --record`. */
export const VERDICTS_FILE = path.join(import.meta.dirname, 'verdicts.json');

/** Of the cases of the public board, those that only browsers can be asked. */
const BROWSERS_ONLY = { required: 3, optimal: 2 };
/** Why a case does not pass, where that is on purpose or known. */
const REASONS: Readonly<Record<string, string>> = {
  'age-parse-prefix': 'an `Age` of several numbers counts as old, as the cases beside it ask',
  'stale-close-must-revalidate':
    'the upstream closes and the caller gets 502, which the suite does not tell from a kept reply',
  'stale-close-proxy-revalidate': 'the same',
  'stale-close-no-cache': 'the same',
  'stale-close-s-maxage=2': 'the same',
  'headers-store-Transfer-Encoding': 'a reply in an unknown transfer coding is refused',
  'vary-normalise-lang-select': 'languages are compared, not chosen by preference',
  'conditional-lm-fresh-no-lm': 'the date asked about lies before the reply, so it is sent',
};

export function httpCacheReport(): string[] {
  const scored = verdicts();
  const suites = [...new Set(scored.map(({ suite }) => suite))];
  const cell = (suite: string, kind: Scored['kind']): string => {
    const own = scored.filter((each) => each.suite === suite);
    return count(own, kind) === 0 ? '' : `${count(own, kind, 'pass')}/${count(own, kind)}`;
  };
  const missed = scored.filter(({ kind, verdict }) => kind !== 'check' && verdict !== 'pass');
  return [
    '## RFC 9111',
    '',
    `The public suite of HTTP caches (\`http-cache-tests\`, the one of cache-tests.fyi), against a gate with \`cache: { heuristic: 10%, staleIfError: 10m, cookies: true }\`; a case counts only when all that it depends on have passed. Of the required cases ${count(scored, 'required', 'pass')} of ${count(scored, 'required') + BROWSERS_ONLY.required} pass (${BROWSERS_ONLY.required} can only be asked of browsers), of the optimal ones ${count(scored, 'optimal', 'pass')} of ${count(scored, 'optimal') + BROWSERS_ONLY.optimal} (${BROWSERS_ONLY.optimal} of browsers). The others say what a cache does, not what is right.`,
    '',
    '| suite | required | optimal | others |',
    '| --- | ---: | ---: | ---: |',
    ...suites.map(
      (suite) => `| ${suite} | ${cell(suite, 'required')} | ${cell(suite, 'optimal')} | ${cell(suite, 'check')} |`,
    ),
    '',
    'Not passed:',
    '',
    ...missed.map(({ kind, id, name }) => `- ${kind} \`${id}\`: ${reasonOf(id, name)}`),
    '',
  ];
}

function reasonOf(id: string, name: string): string {
  if (id.startsWith('partial-store-partial'))
    return 'a part of a reply is kept for the same part only, and not completed';
  return REASONS[id] ?? `not yet: ${name}`;
}

function verdicts(): readonly Scored[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what `show.ts --record` wrote
  return JSON.parse(readFileSync(VERDICTS_FILE, 'utf8')) as Scored[];
}
