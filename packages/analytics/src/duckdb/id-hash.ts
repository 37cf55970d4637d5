/** Of an id, as SQL: MD5's, because DuckDB's own `hash` may become another one with the next version. */
export const idHashSql = (id: string): string => `CAST(md5_number_lower(${id}) % 4294967296 AS UINTEGER)`;
