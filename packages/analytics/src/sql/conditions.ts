import type { Condition, Period, Scope } from '../query/query.ts';
import type { Dimension } from '../query/dimensions.ts';
import type { SqlDialect } from './dialect.ts';
import type { Parameters } from './parameters.ts';

export interface Where {
  readonly where: readonly Condition[];
  readonly scope?: Scope | undefined;
}

interface Place {
  /** What a dimension is there, as SQL. */
  readonly of: (dimension: Dimension) => string;
  readonly parameters: Parameters;
  readonly dialect: SqlDialect;
}

/** `AND …` for everything that is asked. */
export function conditionsSql({ where, scope }: Where, place: Place): string {
  const parts = where.map((condition) => conditionSql(condition, place));
  if (scope !== undefined) parts.push(scopeSql(scope, place));
  return parts.map((part) => ` AND ${part}`).join('');
}

function conditionSql({ dimension, values, not = false }: Condition, { of, parameters }: Place): string {
  if (values.length === 0) return not ? 'true' : 'false';
  const list = values.map((value) => parameters.add(value)).join(', ');
  return `${of(dimension)} ${not ? 'NOT IN' : 'IN'} (${list})`;
}

function scopeSql({ apis, applications, prefixes, except = [] }: Scope, place: Place): string {
  const { of, parameters, dialect } = place;
  const names = ['api', 'application'] as const;
  const begins = (dimension: Dimension, prefix: string): string =>
    dialect.startsWith(of(dimension), parameters.add(prefix));
  const any = [
    ...(apis.length > 0 ? [conditionSql({ dimension: 'api', values: apis }, place)] : []),
    ...(applications.length > 0 ? [conditionSql({ dimension: 'application', values: applications }, place)] : []),
    ...prefixes.flatMap((prefix) => names.map((name) => begins(name, prefix))),
  ];
  const others = except.flatMap((prefix) => names.map((name) => `NOT ${begins(name, prefix)}`));
  return `((${any.length === 0 ? 'false' : any.join(' OR ')})${others.map((part) => ` AND ${part}`).join('')})`;
}

export const within = ({ fromMs, toMs }: Period, column: string): string =>
  `${column} >= ${ms(fromMs)} AND ${column} < ${ms(toMs)}`;

/** Part of a statement's text: nothing but digits. */
export const ms = (value: number): number => Math.max(0, Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER));
