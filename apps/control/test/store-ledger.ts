import { createReadStream } from 'node:fs';
import path from 'node:path';
import type { LedgerStore } from '@gatehouse/analytics';
import type { Ledger } from '@gatehouse/services';

/** What calls cost, without a process of its own. */
export function storeLedger(store: LedgerStore, folder: string): Ledger {
  let exports = 0;
  return {
    sums: async (query) => store.sums(query),
    rerate: async (order) => store.rerate(order),
    verify: async (asked) => store.verify(asked),
    export: async () => {
      const file = path.join(folder, `ledger-${exports++}`);
      return { ...(await store.export({ file })), content: createReadStream(file) };
    },
  };
}
