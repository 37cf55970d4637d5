import {
  findEntity,
  insertEntity,
  listEntities,
  deleteEntity,
  touchEntity,
  type Entity,
  type Statements,
} from '@gatehouse/store';
import type { Alarm } from './alarm-course.ts';
import type { Labels } from './reading.ts';

/**
 * How it stands with a rule, kept between looks: whoever looks next, after a restart or in another control plane, goes on
 * from there. No kind of its own: nobody writes it, and what becomes of it is no entry of the audit.
 */
export interface Watch {
  /** The last look, counted since the epoch in units of how often the rule is looked at: each is taken once. */
  readonly slot: number;
  readonly atMs: number;
  /** Why the last look found nothing out; left out: it did. */
  readonly problem?: string | undefined;
  /** Looks in a row that found nothing out. */
  readonly failures: number;
  readonly isProblemTold: boolean;
  /** Whether there were more keys than are kept. */
  readonly isCut: boolean;
  readonly alarms: Readonly<Record<string, Alarm>>;
  /** What has become of it lately, the newest first. */
  readonly history: readonly Turn[];
  /** What else the last look has found out, such as the error budget that is left. */
  readonly facts?: Readonly<Record<string, unknown>> | undefined;
}

export interface Turn {
  readonly atMs: number;
  readonly what: 'firing' | 'resolved' | 'unknown' | 'known';
  readonly labels: Labels;
  readonly note: string;
}

const ALARM = 'alarm';
const MANY = 100_000;
export const NOTHING_SEEN: Watch = {
  slot: -1,
  atMs: 0,
  failures: 0,
  isProblemTold: false,
  isCut: false,
  alarms: {},
  history: [],
};

const idOf = (rule: string): string => `${ALARM}_${rule}`;

export async function watchOf(sql: Statements, { workspace, id }: Entity): Promise<Watch> {
  const row = await findEntity(sql, { workspace, kind: ALARM, id: idOf(id) });
  return row === undefined ? NOTHING_SEEN : watchIn(row);
}

/** Of all rules of a workspace, by their ids. */
export async function watchesIn(sql: Statements, workspace: string): Promise<ReadonlyMap<string, Watch>> {
  const rows = await listEntities(sql, { workspace, kind: ALARM, limit: MANY });
  return new Map(rows.map((row) => [row.parent, watchIn(row)]));
}

export async function keepWatch(sql: Statements, { workspace, id: rule }: Entity, watch: Watch): Promise<void> {
  const id = idOf(rule);
  const known = await findEntity(sql, { workspace, kind: ALARM, id });
  const data = { ...watch };
  if (known !== undefined) return touchEntity(sql, { ...known, data });
  const moment = { createdMs: watch.atMs, updatedMs: watch.atMs };
  const row = { workspace, kind: ALARM, id, parent: rule, name: rule, state: '', lookup: undefined, revision: 1 };
  return insertEntity(sql, { ...row, data, ...moment });
}

export async function forgetWatch(sql: Statements, workspace: string, rule: string): Promise<void> {
  await deleteEntity(sql, { workspace, kind: ALARM, id: idOf(rule) });
}

function watchIn({ data }: Entity): Watch {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `keepWatch` wrote it, and nobody else does
  return data as unknown as Watch;
}
