import {
  chargeBackOf,
  readVendorUsage,
  reconcile,
  VendorExportError,
  type ChargeBack,
  type LedgerHead,
  type LedgerSumsQuery,
  type LedgerVerdict,
  type Period,
  type Reconciliation,
  type VendorExport,
} from '@gatehouse/analytics';
import { Type } from 'typebox';
import { scopeOf } from '../analytics/scope.ts';
import { AuditLog } from '../audit/audit-log.ts';
import { readInput } from '../entities/read-input.ts';
import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import { answered, ledgerOf, requireHouse } from './ledger-access.ts';

const DAY_MS = 86_400_000;

/** What each has to pay, of calls that whoever asks may see. */
export async function chargeBack(
  ctx: ServiceContext,
  asked: Pick<LedgerSumsQuery, 'period' | 'where' | 'by'>,
): Promise<ChargeBack> {
  const scope = await scopeOf(ctx, 'ledger:read');
  const sums = await answered(async () => ledgerOf(ctx).sums({ ...asked, scope }));
  return chargeBackOf(sums, asked);
}

export const RECONCILE = Type.Object(
  {
    export: Type.String({
      minLength: 1,
      description:
        'The text of a usage or cost export of OpenAI or Anthropic, CSV or JSON, or of a table with the same names.',
    }),
  },
  { additionalProperties: false },
);

export interface ReconcileInput {
  /** As the configuration calls it. */
  readonly provider: string;
  /** Left out: the days of the export. */
  readonly period: Period | undefined;
  readonly tolerancePercent: number;
  readonly body: unknown;
}

/** Holds what the ledger has of a provider against what the vendor says, by day and model. */
export async function reconcileLedger(ctx: ServiceContext, input: ReconcileInput): Promise<Reconciliation> {
  const scope = await scopeOf(ctx, 'ledger:read');
  const { provider, tolerancePercent } = input;
  const theirs = vendorExport(readInput(RECONCILE, input.body).export);
  const period = wholeDays(input.period ?? daysOf(theirs));
  const usage = theirs.usage.filter(({ dayMs }) => dayMs >= period.fromMs && dayMs < period.toMs);
  const where = [{ dimension: 'provider', values: [provider] }] as const;
  const query = { period, where, by: ['model'], stepMs: DAY_MS, scope } as const;
  const ours = await answered(async () => ledgerOf(ctx).sums(query));
  return reconcile(ours, { ...theirs, usage }, { tolerancePercent });
}

function vendorExport(text: string): VendorExport {
  try {
    return readVendorUsage(text);
  } catch (error) {
    if (error instanceof VendorExportError) throw new ServiceError('admin.invalid', error.message);
    throw error;
  }
}

function daysOf({ daysMs }: VendorExport): Period {
  const [first, last] = [daysMs[0], daysMs.at(-1)];
  if (first === undefined || last === undefined)
    throw new ServiceError('admin.invalid', 'the export is about no day; say which with from and to');
  return { fromMs: first, toMs: last + DAY_MS };
}

const wholeDays = ({ fromMs, toMs }: Period): Period => ({
  fromMs: Math.floor(fromMs / DAY_MS) * DAY_MS,
  toMs: Math.ceil(toMs / DAY_MS) * DAY_MS,
});

/** Whether every row is as it was written. `kept`: hashes of heads that somebody has kept elsewhere. */
export async function verifyLedger(ctx: ServiceContext, kept: readonly string[]): Promise<LedgerVerdict> {
  requireHouse(ctx, 'ledger:read');
  return answered(async () => ledgerOf(ctx).verify({ kept }));
}

/** All chains, for who takes them away. The audit, which is signed, says where they ended. */
export async function exportLedger(ctx: ServiceContext): Promise<AsyncIterable<Uint8Array>> {
  requireHouse(ctx, 'ledger:export');
  const { content, rows, heads } = await answered(async () => ledgerOf(ctx).export());
  await noteInAudit(ctx, 'ledger.export', { rows, heads });
  return content;
}

export async function noteInAudit(
  ctx: ServiceContext,
  action: 'ledger.export' | 'ledger.rerate' | 'ledger.rerated',
  details: Readonly<Record<string, unknown>> & { readonly heads?: readonly LedgerHead[] },
): Promise<void> {
  await ctx.database.write('house', async (sql) =>
    new AuditLog(sql, ctx).append({ workspace: '', action, entity: { kind: 'ledger', id: '' }, details }),
  );
}
