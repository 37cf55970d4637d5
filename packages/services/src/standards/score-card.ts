import { lint } from '@gatehouse/governance';
import { listEntities } from '@gatehouse/store';
import { requireEntity } from '../entities/entity-verbs.ts';
import { requirePermissionOn, requireSomewhere } from '../entities/permission-on.ts';
import { dataOf } from '../json-data.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { enforcedBy } from './enforced-by.ts';
import { publishedDocument, readable, readDocument, standardsOf, waiversOf } from './standards-of.ts';

/** How a revision stood when it was sealed. */
interface Sealed {
  readonly revision: string;
  readonly sealedAt: unknown;
  readonly pack: unknown;
  readonly grade: unknown;
  readonly scores: unknown;
  readonly findings: unknown;
}

export interface ScoreCard {
  readonly pack: string;
  readonly grade: string;
  /** 0 to 100, of each axis that was judged and of the whole. */
  readonly scores: unknown;
  /** How many there are, by severity. */
  readonly findings: Readonly<Record<string, number>>;
  /** What to mend first, and what each brings. */
  readonly next: unknown;
  /** Points of the whole since the last revision of the same pack was sealed; left out where there is none. */
  readonly change?: number;
  /** Its revisions, the oldest first. */
  readonly trend: readonly Sealed[];
}

const REVISIONS_MAX = 10_000;
const TREND_MAX = 100;

/** How the document of a version stands now, and how its revisions have stood. */
export async function scoreCard(ctx: ServiceContext, id: string): Promise<ScoreCard> {
  requireSomewhere(ctx, kindOf('version'), 'read');
  const { version, revisions, ...judged } = await ctx.database.read(async (sql) => {
    const entity = await requireEntity(sql, ctx, { kind: 'version', id });
    await requirePermissionOn(ctx, sql, { entity, verb: 'read' });
    const { workspace } = ctx;
    return {
      version: entity,
      revisions: await listEntities(sql, { workspace, kind: 'revision', parent: id, limit: REVISIONS_MAX }),
      previous: await publishedDocument(sql, entity),
      waivers: await waiversOf(sql, entity),
      standards: await standardsOf(sql, entity),
    };
  });
  const { document } = version.data;
  if (typeof document !== 'string') throw new ServiceError('admin.not_found', 'the version has no document');
  const { previous, waivers, standards } = judged;
  const { pack } = standards;
  const enforced = enforcedBy(version.data['spec']);
  const rules = { pack, previous, waivers, nowMs: ctx.clock.now(), enforced };
  const now = readable(() => lint(readDocument(document), rules));
  const findings: Record<string, number> = { error: 0, warning: 0, info: 0 };
  for (const { severity } of now.findings) findings[severity] = (findings[severity] ?? 0) + 1;
  const trend = revisions.flatMap(({ id: revision, data }): readonly Sealed[] => {
    const { pack: by, grade, scores, findings: count } = dataOf(data['lint']);
    return grade === undefined
      ? []
      : [{ revision, sealedAt: data['sealedAt'], pack: by, grade, scores, findings: count }];
  });
  const last = trend.findLast((each) => each.pack === pack);
  const [before, overall] = [Number(dataOf(last?.scores)['overall']), Number(now.scores.overall)];
  return {
    pack,
    grade: now.grade,
    scores: now.scores,
    findings,
    next: now.next,
    ...(Number.isFinite(overall - before) && { change: overall - before }),
    trend: trend.slice(-TREND_MAX),
  };
}
