import { definePolicy } from '../define-policy.ts';
import { ipKey } from '../ip-address.ts';
import { rangesOf } from '../ip-ranges.ts';
import type { Reply } from '../policy.ts';
import type { Config } from './schema.ts';

export const ipAccess = definePolicy({
  name: 'ip-access',
  stage: 'guard',
  build(config: Config) {
    const deny = rangesOf(config.deny);
    const allow = rangesOf(config.allow);
    if (deny === undefined && allow === undefined) return {};
    return {
      onRequest({ request }) {
        const key = ipKey(request.clientIp);
        if (key === undefined) return REFUSED; // an address that cannot be read can be on neither list
        if (deny?.has(key) === true) return REFUSED;
        return allow === undefined || allow.has(key) ? undefined : REFUSED;
      },
    };
  },
});

const REFUSED: Reply = { code: 'auth.ip_denied', detail: 'Calls from this address are not allowed here' };
