import type { Connection, Insert } from '@gatehouse/analytics/testing';

/** `before`: the server has not heard of it; `after`: it has done it, and the answer was lost; `late`: it does it after the next one. */
export type Fault = 'before' | 'after' | 'late' | undefined;

/** Each insert goes as the next fault says, well where there is none. */
export function failing(connection: Connection, faults: Fault[]): Connection {
  let late: Insert | undefined;
  return {
    run: async (sql) => connection.run(sql),
    rows: async (sql, parameters) => connection.rows(sql, parameters),
    download: async (sql, to) => connection.download(sql, to),
    close: async () => connection.close(),
    insert: async (what) => {
      const fault = faults.shift();
      const overdue = late;
      late = fault === 'late' ? what : undefined;
      if (fault !== 'before' && fault !== 'late') await connection.insert(what);
      if (overdue !== undefined) await connection.insert(overdue);
      if (fault !== undefined) throw new Error(`${fault}: ${what.table}`);
    },
  };
}
