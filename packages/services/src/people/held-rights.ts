import type { Principal } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

/** Nobody gives what they do not have. */
export function requireHeld(
  principal: Principal,
  { rights, workspace }: { readonly rights: readonly string[]; readonly workspace: string },
): void {
  const lacking = rights.find((right) => principal.refusal(right, workspace) !== undefined);
  if (lacking === undefined) return;
  throw new ServiceError('admin.forbidden', `you cannot give ${lacking}, which you do not have yourself`, {
    permission: lacking,
  });
}
