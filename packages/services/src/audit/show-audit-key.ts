import type { ServiceContext } from '../service-context.ts';
import { requireAudit } from './list-audit.ts';
import { auditKey, type AuditKey } from './signing-key.ts';

/** By which checkpoints are verified; whoever verifies keeps it elsewhere than the audit. */
export function showAuditKey(ctx: ServiceContext): AuditKey {
  requireAudit(ctx, 'audit:read');
  return auditKey(ctx.cipher);
}
