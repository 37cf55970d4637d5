import { findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import { watchOf } from '../alerts/watch.ts';
import type { Write } from '../entities/write.ts';
import { ServiceError } from '../service-error.ts';
import { waiversOf } from './standards-of.ts';

/** What is older says nothing of now: without records nobody is kept from mending things. */
const KNOWN_MS = 3_600_000;
const MANY = 10_000;
/** Rules of waivers for objectives begin so: `budget:availability`. */
const BUDGET = 'budget:';

/**
 * Nothing new of a version takes calls while an error budget that asks for it is spent; throws which. A revision that has
 * served before is a way back, and always may; so may what two other people have agreed to by a waiver.
 */
export async function requireBudgetLeft(own: Write, version: Entity, revision: Entity): Promise<void> {
  if (revision.state !== 'approved') return;
  const spent = await spentOf(own, version);
  if (spent.length === 0) return;
  const waivers = await waiversOf(own.sql, version);
  const waived = new Set(waivers.filter(({ expiresMs }) => expiresMs > own.nowMs).map(({ rule }) => rule));
  const refusing = spent.filter(({ objective }) => !waived.has(`${BUDGET}${objective}`));
  const [first] = refusing;
  if (first === undefined) return;
  const detail = `the error budget of the objective ${first.objective} is spent: mend that first, or have ${BUDGET}${first.objective} waived`;
  throw new ServiceError('admin.standards', detail, { objectives: refusing });
}

interface Spent {
  readonly objective: string;
  readonly left: number;
}

async function spentOf({ sql, nowMs }: Write, version: Entity): Promise<readonly Spent[]> {
  const spent: Spent[] = [];
  for (const objective of await gating(sql, version)) {
    const { left, atMs } = (await watchOf(sql, objective)).facts ?? {};
    const isKnown = typeof left === 'number' && nowMs - Number(atMs) <= KNOWN_MS;
    if (isKnown && left <= 0) spent.push({ objective: objective.name, left });
  }
  return spent;
}

/** Objectives of the version's api that ask for it. */
async function gating(sql: Statements, version: Entity): Promise<readonly Entity[]> {
  const { workspace, parent: id } = version;
  const all = await listEntities(sql, { workspace, kind: 'objective', limit: MANY });
  const asking = all.filter(({ data }) => data['gate'] === true && data['disabled'] !== true);
  if (asking.length === 0) return [];
  const api = await findEntity(sql, { workspace, kind: 'api', id });
  return asking.filter(
    ({ data }) => data['api'] === api?.name && (data['version'] === undefined || data['version'] === version.name),
  );
}
