import type { ServiceContext } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';
import type { Ledger } from './ledger.ts';

export function ledgerOf({ ledger }: ServiceContext): Ledger {
  if (ledger !== undefined) return ledger;
  throw new ServiceError('admin.unavailable', 'no ledger is kept here');
}

/** For what is about the whole house: a right for a workspace, or for the things of a team, is not enough. */
export function requireHouse(ctx: ServiceContext, permission: string): void {
  const refusal = ctx.principal.refusal(permission, '');
  if (refusal !== undefined) throw new ServiceError('admin.forbidden', refusal, { permission });
}

export async function answered<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof ServiceError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new ServiceError('admin.unavailable', `the ledger cannot be asked now: ${reason}`);
  }
}
