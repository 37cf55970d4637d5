import type { SqlDialect } from '../sql/dialect.ts';

export const DUCKDB: SqlDialect = {
  parameter: (index) => `$${index}`,
  floorTo: (column, size) => `${column} // ${size} * ${size}`,
  startsWith: (text, prefix) => `starts_with(${text}, ${prefix})`,
  holds: (text, part) => `contains(lower(${text}), lower(${part}))`,
};
