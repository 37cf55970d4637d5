import { createReadStream } from 'node:fs';
import path from 'node:path';
import { matches, type KeptRecord } from '@gatehouse/analytics';
import type { AnalyticsStore } from '@gatehouse/analytics/store';
import { bodyKey, type BodyKey } from '@gatehouse/record';
import type { Analytics } from '@gatehouse/services';
import { openedBody } from '../src/opened-body.ts';

const NO_KEY = bodyKey(Buffer.alloc(32, 7));

/** What is known of calls, without a process of its own; `coming` is what is followed. */
export function storeAnalytics(
  store: AnalyticsStore,
  {
    folder,
    coming = [],
    key = NO_KEY,
  }: { readonly folder: string; readonly key?: BodyKey; readonly coming?: readonly KeptRecord[] },
): Analytics {
  let exports = 0;
  return {
    aggregate: async (query) => store.aggregate(query),
    search: async (query) => store.search(query),
    find: async (id, scope) => store.find(id, scope),
    bodies: async (of) => (await store.bodies(of)).map((line) => openedBody(line, key)),
    export: async (order) => {
      const file = path.join(folder, `export-${exports++}`);
      return { ...(await store.export({ ...order, file })), content: createReadStream(file) };
    },
    async *follow(asked) {
      for (const record of coming) if (matches(record, asked)) yield record;
      await Promise.resolve();
    },
  };
}
