import { existsSync } from 'node:fs';
import { parseFilter, tailRecords } from '@gatehouse/record/spool';
import type { Usage } from '@gatehouse/services';

/** The newest; more are not looked at, so that an answer comes in time. */
const RECORDS_MAX = 200_000;

type Row = Awaited<ReturnType<Usage['of']>>[number];

/** Who calls what, by the records of the gate beside us. */
export function recordedUsage(folder: string): Usage {
  return {
    of: async ({ entry, basePath, sinceMs }) => {
      const rows = new Map<string, Row>();
      const parsed = parseFilter({ api: entry, since: new Date(sinceMs).toISOString() }, sinceMs);
      if ('problem' in parsed || !existsSync(folder)) return [];
      for await (const item of tailRecords(folder, { filter: parsed.filter, last: RECORDS_MAX })) {
        if (item.kind !== 'record') continue;
        const { application, route, time, code } = item.record;
        // What the gate refused has not reached the operation.
        if (application === undefined || route === undefined || code?.startsWith('auth.') === true) continue;
        const operation = operationOf(route, basePath);
        const key = `${application}\n${operation}`;
        const known = rows.get(key);
        const lastSeen = Math.max(known?.lastSeen ?? 0, time);
        rows.set(key, { application, operation, lastSeen, calls: (known?.calls ?? 0) + 1 });
      }
      return [...rows.values()];
    },
  };
}

/** `users-1.0.0 GET /v1/users/{id}` below `/v1` → `GET /users/{id}`. */
function operationOf(route: string, basePath: string): string {
  const [, method = '', path = ''] = route.split(' ');
  const base = basePath === '/' ? '' : basePath.replace(/\/$/, '');
  return `${method} ${path.startsWith(`${base}/`) ? path.slice(base.length) : path}`;
}
