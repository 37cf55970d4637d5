import type { ServiceContext } from '../../service-context.ts';
import { ScimError } from './scim-error.ts';

export const PROVISION = 'scim:provision';

/**
 * The same request with the rights of a directory: whoever may provision says who is there and who is in which group,
 * also of those who may do more. What groups may do it does not say.
 */
export function requireProvisioner(ctx: ServiceContext): ServiceContext {
  const refusal = ctx.principal.refusal(PROVISION, '');
  if (refusal !== undefined) throw new ScimError(403, refusal);
  return {
    ...ctx,
    principal: { ...ctx.principal, refusal: () => undefined, giving: () => undefined, isDirectory: true },
  };
}
