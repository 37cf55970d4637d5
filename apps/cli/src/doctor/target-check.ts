import { counted, doubtful, fine, wrong, type Verdict } from './finding.ts';
import type { Probed } from './probe-endpoint.ts';
import type { Scene } from './scene.ts';
import { DAY_MS, durationText } from './sizes.ts';

/** Those that are well are told one by one while that fits a screen. */
const LISTED_MAX = 8;
const RENEW_SOON_MS = 14 * DAY_MS;

/** Every endpoint of upstreams and providers: that its name resolves, that it takes connections, what it shows by TLS. */
export async function targetVerdicts(scene: Scene): Promise<readonly Verdict[]> {
  const probed = await scene.probed();
  const nowMs = scene.options.nowMs();
  const reachable = new Set(probed.flatMap(({ target, problem }) => (problem === undefined ? [target.group] : [])));
  const verdicts = probed.map((one) => verdictFor(one, { nowMs, hasOthers: reachable.has(one.target.group) }));
  const well = verdicts.filter(({ level }) => level === 'ok');
  if (well.length <= LISTED_MAX) return verdicts;
  const slowest = Math.max(...probed.map(({ tookMs, problem }) => (problem === undefined ? tookMs : 0)));
  const all = fine(`${counted(well.length, 'endpoint')} can be reached, the slowest in ${durationText(slowest)}`);
  return [all, ...verdicts.filter(({ level }) => level !== 'ok')];
}

interface Circumstances {
  readonly nowMs: number;
  /** Another endpoint of the same upstream can be reached. */
  readonly hasOthers: boolean;
}

function verdictFor({ target, problem, tookMs, validUntilMs }: Probed, { nowMs, hasOthers }: Circumstances): Verdict {
  if (problem !== undefined) {
    const whose = target.group.endsWith(` ${target.id}`) ? problem : `${problem} (${target.group})`;
    return hasOthers ? doubtful(whose) : wrong(whose);
  }
  const reached = `${target.id} can be reached in ${durationText(tookMs)}`;
  if (validUntilMs === undefined) return fine(reached);
  const left = validUntilMs - nowMs;
  const until = `its certificate is valid for ${durationText(Math.max(left, 0))}`;
  if (left < RENEW_SOON_MS) return doubtful(`${reached}, but ${until}; see that it is renewed there (${target.group})`);
  return fine(`${reached}, ${until}`);
}
