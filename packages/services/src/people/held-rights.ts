import type { Principal } from '../service-context.ts';
import { ServiceError } from '../service-error.ts';

/** Nobody gives what they do not have. */
export function requireHeld(
  principal: Principal,
  {
    rights,
    workspace,
    team,
  }: { readonly rights: readonly string[]; readonly workspace: string; readonly team?: string | undefined },
): void {
  const mayGive = (right: string): boolean =>
    (principal.giving === undefined
      ? principal.refusal(right, workspace, team)
      : principal.giving(right, workspace, team)) === undefined;
  const lacking = rights.find((right) => !mayGive(right));
  if (lacking === undefined) return;
  throw new ServiceError('admin.forbidden', `you cannot give ${lacking}, which you do not have yourself`, {
    permission: lacking,
  });
}
