import { definePolicy } from '../define-policy.ts';
import { ipKey } from '../ip-address.ts';
import { rangesOf } from '../ip-ranges.ts';
import { momentIn } from '../moment.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Config } from './schema.ts';

export const maintenance = definePolicy({
  name: 'maintenance',
  stage: 'guard',
  build({ on, retryAfter, until, allow, message }: Config) {
    if (!on) return {};
    const allowed = rangesOf(allow);
    const usualMs = milliseconds(retryAfter);
    const endMs = until === undefined ? undefined : momentIn(until);
    return {
      onRequest({ startedAt, request }) {
        if (endMs !== undefined && startedAt >= endMs) return undefined;
        if (allowed !== undefined) {
          const key = ipKey(request.clientIp);
          if (key !== undefined && allowed.has(key)) return undefined;
        }
        const seconds = Math.ceil((endMs === undefined ? usualMs : endMs - startedAt) / 1000);
        return { code: 'route.maintenance', detail: message, headers: [['retry-after', String(seconds)]] };
      },
    };
  },
});
