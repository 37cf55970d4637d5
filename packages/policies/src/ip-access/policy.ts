import { definePolicy } from '../define-policy.ts';
import { ipKey, ipRange } from '../ip-address.ts';
import { IpRanges } from '../ip-ranges.ts';
import type { Reply } from '../policy.ts';
import type { Config } from './schema.ts';

export const ipAccess = definePolicy({
  name: 'ip-access',
  stage: 'guard',
  build(config: Config) {
    const deny = ranges(config.deny);
    const allow = ranges(config.allow);
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

function ranges(texts: readonly string[]): IpRanges | undefined {
  return texts.length === 0 ? undefined : new IpRanges(texts.flatMap((text) => ipRange(text) ?? []));
}
