import { listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { House } from '../service-context.ts';
import { lookerOf, type Looker } from './lookers.ts';
import { settle, type Outcome } from './settle.ts';
import { silencesAt, type Silence } from './silences.ts';
import { forgetWatch, watchesIn, type Watch } from './watch.ts';
import { NothingThere, tenantsOf, type Tenant } from './whose-calls.ts';

/** What comes later than this is not in the numbers of a look. */
export const LATE_MS = 15_000;
/** Of one workspace. */
const RULES_MAX = 10_000;
/** So many are looked at at once. */
const AT_ONCE = 4;
/** A look takes so long at most. */
const LOOK_MS_MAX = 30_000;
/** What is known of a rule, and who is told, is written by one after another. */
const LOCK = 'alerts';

export interface Evaluated {
  /** Rules that were looked at by us. */
  readonly looks: number;
  /** Of these, those about which nothing could be found out. */
  readonly failed: number;
}

/**
 * Looks at each rule whose time has come. To be called often: a rule is looked at once in a minute (or an hour), by whichever
 * control plane comes first, and who is told is written together with what is known.
 */
export async function evaluateAlerts(house: House): Promise<Evaluated> {
  const nowMs = house.clock.now();
  let [looks, failed] = [0, 0];
  for (const tenant of await house.database.read(tenantsOf)) {
    const due = await dueIn(house, tenant, nowMs);
    for (let at = 0; at < due.lookers.length; at += AT_ONCE) {
      const outcomes = await Promise.all(
        due.lookers.slice(at, at + AT_ONCE).map(async (looker) => lookAt(house, looker, { ...due, nowMs })),
      );
      looks += outcomes.filter((outcome) => outcome !== undefined).length;
      failed += outcomes.filter((outcome) => outcome === 'failed').length;
    }
  }
  return { looks, failed };
}

interface Due {
  readonly lookers: readonly Looker[];
  readonly silences: readonly Silence[];
}

/** Kinds whose entities are looked at. */
const WATCHED = ['alert', 'objective'] as const;

async function dueIn(house: House, tenant: Tenant, nowMs: number): Promise<Due> {
  const { id: workspace } = tenant;
  const { entities, watches, silences } = await house.database.read(async (sql) => ({
    entities: await watchedIn(sql, workspace),
    watches: await watchesIn(sql, workspace),
    silences: await silencesAt(sql, workspace, nowMs),
  }));
  const enabled = entities.filter(({ data }) => data['disabled'] !== true);
  await forget(house, workspace, { watches, kept: new Set(enabled.map(({ id }) => id)) });
  const lookers = enabled.flatMap((entity) => readable(house, () => lookerOf(entity, tenant)));
  const isDue = ({ watched, everyMs }: Looker): boolean =>
    (watches.get(watched.entity.id)?.slot ?? -1) < slotOf(nowMs, everyMs);
  return { lookers: lookers.filter(isDue), silences };
}

/** What an older version of this program has written and this one cannot read keeps no other rule back. */
function readable({ log }: House, read: () => Looker): readonly Looker[] {
  try {
    return [read()];
  } catch (error) {
    log.error('an alert cannot be read', { error: whyOf(error) });
    return [];
  }
}

async function watchedIn(sql: Statements, workspace: string): Promise<readonly Entity[]> {
  const found: Entity[] = [];
  for (const kind of WATCHED) found.push(...(await listEntities(sql, { workspace, kind, limit: RULES_MAX })));
  return found;
}

function slotOf(nowMs: number, everyMs: number): number {
  return Math.floor(nowMs / everyMs);
}

/** Of rules that are gone or disabled nothing is known. */
async function forget(
  { database }: House,
  workspace: string,
  { watches, kept }: { readonly watches: ReadonlyMap<string, Watch>; readonly kept: ReadonlySet<string> },
): Promise<void> {
  const gone = [...watches.keys()].filter((id) => !kept.has(id));
  if (gone.length === 0) return;
  await database.write(LOCK, async (sql) => {
    for (const id of gone) await forgetWatch(sql, workspace, id);
  });
}

/** Undefined: another one was faster, or it has changed since. What goes wrong with one keeps no other one back. */
async function lookAt(
  house: House,
  { watched, everyMs, read }: Looker,
  { silences, nowMs }: { readonly silences: readonly Silence[]; readonly nowMs: number },
): Promise<'found' | 'failed' | undefined> {
  const outcome = await outcomeOf(house, async () => inTime(read(house, nowMs - LATE_MS)));
  const looked = { outcome, slot: slotOf(nowMs, everyMs), nowMs, silences };
  try {
    const isOurs = await house.database.write(LOCK, async (sql) => settle(sql, watched, looked));
    if (!isOurs) return undefined;
    return 'problem' in outcome ? 'failed' : 'found';
  } catch (error) {
    house.log.error('what an alert has found could not be kept', { id: watched.entity.id, error: whyOf(error) });
    return 'failed';
  }
}

/** That it cannot be known is an outcome, too. */
async function outcomeOf({ log }: House, read: () => Promise<Outcome>): Promise<Outcome> {
  try {
    return await read();
  } catch (error) {
    const problem = whyOf(error);
    if (!(error instanceof NothingThere)) log.warn('an alert could not be looked at', { error: problem });
    return { problem: problem.slice(0, 500) };
  }
}

/** Whoever does not answer at all is as good as gone. */
async function inTime<T>(work: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, fail) => {
    timer = setTimeout(() => fail(new Error(`no answer within ${LOOK_MS_MAX / 1000} s`)), LOOK_MS_MAX);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

function whyOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
