import { addToOutbox, findEntity, type Entity, type Statements } from '@gatehouse/store';
import { orderedId } from '../ordered-id.ts';
import { advance, tellOf, type Alarm, type CourseRules, type Told } from './alarm-course.ts';
import { addParcel } from './contact.ts';
import { filledIn, KEYS_SHOWN_MAX, mailOf, slackOf, type AlertMessage, type Severity } from './message.ts';
import { keyOf, type Labels, type Reading, type Readings } from './reading.ts';
import { silenceFor, type Silence } from './silences.ts';
import { keepWatch, watchOf, type Turn, type Watch } from './watch.ts';

/** Something that is looked at again and again: an alert or an objective. */
export interface Watched {
  readonly entity: Entity;
  readonly workspaceName: string;
  readonly course: CourseRules;
  readonly repeatMs: number;
  /** Of a key. */
  readonly severityOf: (labels: Labels) => Severity;
  /** What silences may name besides the labels of a key. */
  readonly labels: Labels;
  readonly contacts: readonly string[];
  readonly text: string;
  readonly runbook?: string | undefined;
}

export type Outcome =
  | { readonly readings: Readings; readonly facts?: Watch['facts'] }
  /** Why nothing could be found out. */
  | { readonly problem: string };

export interface Looked {
  readonly outcome: Outcome;
  readonly slot: number;
  readonly nowMs: number;
  readonly silences: readonly Silence[];
}

/** So many keys of a rule are kept. */
export const ALARMS_MAX = 100;
const HISTORY_MAX = 50;
/** After so many looks in a row that found nothing out, people are told. */
export const FAILURES_TOLD = 5;

/** What a look has found becomes what is known, once for each slot: and people are told, in the same transaction. */
export async function settle(sql: Statements, watched: Watched, looked: Looked): Promise<boolean> {
  const { entity } = watched;
  const now = await findEntity(sql, entity);
  const before = await watchOf(sql, entity);
  // Changed since it was read, or somebody else was faster.
  if (now?.revision !== entity.revision || before.slot >= looked.slot) return false;
  const { outcome } = looked;
  const { watch, told } =
    'problem' in outcome ? failed(before, looked, outcome.problem) : found(before, watched, { ...looked, outcome });
  await keepWatch(sql, entity, watch);
  if (told !== undefined) await tell(sql, watched, { ...told, nowMs: looked.nowMs });
  return true;
}

interface Settled {
  readonly watch: Watch;
  readonly told?: Pick<AlertMessage, 'state' | 'keys' | 'more' | 'text'> & { readonly severity?: Severity | undefined };
}

function failed(before: Watch, { slot, nowMs }: Looked, problem: string): Settled {
  const failures = before.failures + 1;
  const watch = { ...before, slot, atMs: nowMs, problem, failures };
  if (failures < FAILURES_TOLD || before.isProblemTold) return { watch };
  const turn: Turn = { atMs: nowMs, what: 'unknown', labels: {}, note: problem };
  const text = `Nothing could be found out ${failures} times in a row: ${problem}`;
  return {
    watch: { ...watch, isProblemTold: true, history: behind(before, [turn]) },
    told: { state: 'unknown', keys: [], more: 0, text },
  };
}

interface Step {
  readonly alarm: Alarm;
  readonly told: Told | undefined;
  readonly turn: Turn | undefined;
}

function found(
  before: Watch,
  watched: Watched,
  {
    outcome,
    slot,
    nowMs,
    silences,
  }: Looked & { readonly outcome: { readonly readings: Readings; readonly facts?: Watch['facts'] } },
): Settled {
  const { readings, facts } = outcome;
  const { alarms, steps, isCut } = stepped(before, readings.items, { watched, silences, nowMs });
  const known: readonly Turn[] = before.isProblemTold
    ? [{ atMs: nowMs, what: 'known', labels: {}, note: 'its numbers are there again' }]
    : [];
  const turns = steps.flatMap(({ turn }) => turn ?? []);
  const watch: Watch = {
    slot,
    atMs: nowMs,
    failures: 0,
    isProblemTold: false,
    isCut: isCut || readings.isCut,
    alarms,
    history: behind(before, [...turns, ...known]),
    ...(facts !== undefined && { facts }),
  };
  const telling = steps.filter(({ told }) => told !== undefined);
  if (telling.length > 0) return { watch, told: messageOf(telling, watched) };
  if (known.length === 0) return { watch };
  return { watch, told: { state: 'known', keys: [], more: 0, text: 'Its numbers are there again.' } };
}

interface Stepping {
  readonly watched: Watched;
  readonly silences: readonly Silence[];
  readonly nowMs: number;
}

function stepped(
  before: Watch,
  items: readonly Reading[],
  { watched, silences, nowMs }: Stepping,
): { readonly alarms: Watch['alarms']; readonly steps: readonly Step[]; readonly isCut: boolean } {
  const readings = new Map(items.map((reading) => [keyOf(reading.labels), reading]));
  const alarms: Record<string, Alarm> = {};
  const steps: Step[] = [];
  let isCut = false;
  // Those that are known come first, so that what has begun finds its end.
  for (const key of new Set([...Object.keys(before.alarms), ...readings.keys()])) {
    const was = before.alarms[key];
    const next = advance(was, readings.get(key), { rules: watched.course, nowMs });
    if (next === undefined) continue;
    if (was === undefined && Object.keys(alarms).length >= ALARMS_MAX) {
      isCut = true;
      continue;
    }
    const labels = { ...watched.labels, severity: watched.severityOf(next.labels), ...next.labels };
    const silencedBy = silenceFor(silences, { rule: watched.entity.name, labels });
    const { alarm, told } = tellOf(next, { repeatMs: watched.repeatMs, silencedBy, nowMs });
    alarms[key] = alarm;
    steps.push({ alarm, told, turn: turnOf(was, alarm, nowMs) });
  }
  return { alarms, steps, isCut };
}

function turnOf(before: Alarm | undefined, { status, labels, note }: Alarm, atMs: number): Turn | undefined {
  const was = before?.status ?? 'resolved';
  if (status === 'pending' || status === was || (status === 'resolved' && was !== 'firing')) return undefined;
  return { atMs, what: status, labels, note };
}

function behind({ history }: Watch, turns: readonly Turn[]): readonly Turn[] {
  return [...turns.toReversed(), ...history].slice(0, HISTORY_MAX);
}

const RANK: readonly Severity[] = ['critical', 'warning', 'info'];

function messageOf(steps: readonly Step[], { severityOf, text }: Watched): NonNullable<Settled['told']> {
  // What has begun is read first.
  const sorted = steps.toSorted((a, b) => Number(a.told === 'resolved') - Number(b.told === 'resolved'));
  const severities = new Set(sorted.map(({ alarm }) => severityOf(alarm.labels)));
  const keys = sorted.slice(0, KEYS_SHOWN_MAX).map(({ alarm: { labels, status, note, sinceMs } }) => ({
    labels,
    state: status === 'firing' ? ('firing' as const) : ('resolved' as const),
    note,
    since: new Date(sinceMs).toISOString(),
  }));
  return {
    state: sorted[0]?.told === 'resolved' ? 'resolved' : 'firing',
    keys,
    more: sorted.length - keys.length,
    text,
    severity: RANK.find((severity) => severities.has(severity)),
  };
}

async function tell(
  sql: Statements,
  { entity, workspaceName, contacts, runbook, severityOf }: Watched,
  { nowMs, severity = severityOf({}), ...told }: NonNullable<Settled['told']> & { readonly nowMs: number },
): Promise<void> {
  const { id, name, workspace } = entity;
  const kind = entity.kind === 'objective' ? 'objective' : 'alert';
  const rule = { kind, id, name, severity, ...(runbook !== undefined && { runbook }) } as const;
  const message: AlertMessage = {
    ...told,
    rule,
    workspace: workspaceName,
    text: filledIn(told.text, { ...told, rule }),
  };
  const type = `${kind}.${told.state}`;
  const event = `evt_${orderedId(nowMs)}`;
  // For webhooks that want to know of all that happens, and for people in the console.
  await addToOutbox(sql, {
    id: event,
    workspace,
    topic: type,
    event: { entity: id, name, state: told.state, message },
    dueMs: nowMs,
  });
  const parcel = { type, mail: mailOf(message), slack: slackOf(message), data: { ...message } };
  await addParcel(sql, { workspace, contacts, parcel, id: event }, nowMs);
}
