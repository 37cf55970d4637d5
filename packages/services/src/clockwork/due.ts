import type { Entity } from '@gatehouse/store';
import { lapse } from '../approvals/course.ts';
import type { Write } from '../entities/write.ts';
import { EMERGENCY_DUE } from '../moves/emergency-moves.ts';
import { undeploy } from '../moves/deploying.ts';
import { PETITION_MS } from '../people/petitions.ts';
import type { ServiceContext } from '../service-context.ts';

export interface Tick {
  readonly ctx: ServiceContext;
  readonly own: Write;
}

/** What time does to entities of a kind that are in a state; false: nothing yet. */
export interface DueRow {
  readonly kind: string;
  readonly state: string;
  readonly isDue: (entity: Entity, nowMs: number) => boolean;
  readonly happen: (tick: Tick, entity: Entity) => Promise<unknown>;
}

const DAY_MS = 86_400_000;
/** Days before its end on which whoever holds something is told. */
export const NOTICE_DAYS = [30, 14, 7, 1] as const;

const momentOf = ({ data }: Entity, field: string): number => {
  const at = data[field];
  return typeof at === 'string' ? Date.parse(at) : Number.NaN;
};
const passed =
  (field: string) =>
  (entity: Entity, nowMs: number): boolean =>
    momentOf(entity, field) <= nowMs;
const becomes =
  (state: string, action: string) =>
  async ({ own }: Tick, entity: Entity): Promise<unknown> => {
    const endedAt = new Date(own.nowMs).toISOString();
    const data = state === 'active' ? entity.data : { ...entity.data, endedAt };
    return own.update(entity, { ...entity, state, data }, action);
  };

/** The nearest notice whose day has come and that was not given; those before it are not given late. */
export function noticeOf(entity: Entity, nowMs: number): number | undefined {
  const leftMs = momentOf(entity, 'expiresAt') - nowMs;
  if (!(leftMs > 0)) return undefined;
  const due = NOTICE_DAYS.findLast((days) => leftMs <= days * DAY_MS);
  const { noticed } = entity.data;
  const given = typeof noticed === 'number' ? noticed : Infinity;
  return due !== undefined && due < given ? due : undefined;
}

const notice = (kind: string, state: string): DueRow => ({
  kind,
  state,
  isDue: (entity, nowMs) => noticeOf(entity, nowMs) !== undefined,
  happen: async ({ own }, entity) =>
    own.update(entity, { ...entity, data: { ...entity.data, noticed: noticeOf(entity, own.nowMs) } }, 'expiring'),
});

/** In this order: what ends is not told that it will. */
export const DUE: readonly DueRow[] = [
  { kind: 'subscription', state: 'scheduled', isDue: passed('startsAt'), happen: becomes('active', 'activate') },
  { kind: 'subscription', state: 'active', isDue: passed('expiresAt'), happen: becomes('expired', 'expire') },
  notice('subscription', 'active'),
  { kind: 'credential', state: 'active', isDue: passed('expiresAt'), happen: becomes('expired', 'expire') },
  { kind: 'credential', state: 'rotating', isDue: passed('expiresAt'), happen: becomes('expired', 'expire') },
  { kind: 'credential', state: 'rotating', isDue: passed('retiresAt'), happen: becomes('retired', 'retire') },
  notice('credential', 'active'),
  { kind: 'deployment', state: 'draining', isDue: passed('drainsUntil'), happen: becomes('removed', 'remove') },
  {
    kind: 'version',
    state: 'preview',
    isDue: passed('previewUntil'),
    happen: async ({ own }, entity) => {
      await undeploy(own, entity);
      own.touchGates();
      const { deployed: _deployed, previewUntil: _until, ...data } = entity.data;
      return own.update(entity, { ...entity, state: 'approved', data }, 'unpublish');
    },
  },
  { kind: 'waiver', state: 'approved', isDue: passed('expiresAt'), happen: becomes('expired', 'expire') },
  { kind: 'approval', state: 'waiting', isDue: passed('due'), happen: lapse },
  { kind: 'approval', state: 'info_required', isDue: passed('due'), happen: lapse },
  ...EMERGENCY_DUE,
  {
    kind: 'petition',
    state: 'waiting',
    isDue: ({ createdMs }, nowMs) => nowMs - createdMs >= PETITION_MS,
    happen: becomes('lapsed', 'lapse'),
  },
];
