import { createReadStream } from 'node:fs';
import path from 'node:path';
import { matches, type KeptRecord } from '@gatehouse/analytics';
import type { AnalyticsStore } from '@gatehouse/analytics/store';
import type { Analytics } from '@gatehouse/services';

/** What is known of calls, without a process of its own; `coming` is what is followed. */
export function storeAnalytics(
  store: AnalyticsStore,
  { folder, coming = [] }: { readonly folder: string; readonly coming?: readonly KeptRecord[] },
): Analytics {
  let exports = 0;
  return {
    aggregate: async (query) => store.aggregate(query),
    search: async (query) => store.search(query),
    find: async (id, scope) => store.find(id, scope),
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
