import {
  DriftLedger,
  driftReport,
  NotOpenApi,
  proposePatch,
  TooMuchToCompare,
  type DriftPatch,
  type DriftReport,
} from '@gatehouse/governance';
import { documentFingerprint } from '@gatehouse/kernel';
import { requireEntity } from '../entities/entity-verbs.ts';
import { requirePermissionOn, requireSomewhere } from '../entities/permission-on.ts';
import { kindOf } from '../kinds/kinds.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { publishedDocument, readDocument } from './standards-of.ts';
import { entryOf } from './usage-of.ts';

export interface DriftCard extends DriftReport {
  /** What the document could say so that what was seen fits it; left out unless it was asked for. */
  readonly patch?: Omit<DriftPatch, 'document'>;
}

export interface DriftAsked {
  /** ms since the epoch; older calls are not looked at. */
  readonly sinceMs: number;
  readonly patch: boolean;
}

/** How far the traffic of a version is from the document that its callers have. */
export async function driftCard(ctx: ServiceContext, id: string, { sinceMs, patch }: DriftAsked): Promise<DriftCard> {
  requireSomewhere(ctx, kindOf('version'), 'read');
  const { entry, published, written } = await ctx.database.read(async (sql) => {
    const version = await requireEntity(sql, ctx, { kind: 'version', id });
    await requirePermissionOn(ctx, sql, { entity: version, verb: 'read' });
    return {
      entry: await entryOf(sql, version),
      published: await publishedDocument(sql, version),
      written: version.data['document'],
    };
  });
  const document = published ?? (typeof written === 'string' ? readDocument(written) : undefined);
  if (document === undefined) throw new ServiceError('admin.not_found', 'the version has no document');
  const seen = (await ctx.observed?.of({ entry, sinceMs })) ?? new DriftLedger().toJSON();
  const fingerprint = documentFingerprint(document.text);
  const report = driftReport(document.root, seen, { fingerprint });
  if (!patch) return report;
  try {
    const { document: _, ...proposed } = proposePatch(document, report, { now: ctx.clock.now() });
    return { ...report, patch: proposed };
  } catch (error) {
    if (!(error instanceof NotOpenApi || error instanceof TooMuchToCompare)) throw error;
    throw new ServiceError('admin.standards', `the document cannot be compared: ${error.message}`);
  }
}
