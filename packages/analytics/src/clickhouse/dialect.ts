import type { SqlDialect } from '../sql/dialect.ts';

export const CLICKHOUSE: SqlDialect = {
  parameter: (index) => `{${parameterName(index)}:String}`,
  floorTo: (column, size) => `intDiv(${column}, ${size}) * ${size}`,
  startsWith: (text, prefix) => `startsWith(${text}, ${prefix})`,
  holds: (text, part) => `positionCaseInsensitiveUTF8(${text}, ${part}) > 0`,
};

export const parameterName = (index: number): string => `p${index}`;
