import type { JsonFields } from '../../canonical/json.ts';

/** What is lost with something that only one dialect knows. Its type is a stranger's word and goes into a header. */
export function opaqueName({ type }: JsonFields): string {
  return typeof type === 'string' && /^[\w.-]{1,64}$/.test(type) ? type : 'opaque';
}
