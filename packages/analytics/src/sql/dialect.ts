/** In what the SQL of our stores differs, where it is about the same questions. */
export interface SqlDialect {
  /** How the parameter of that number, from 1, stands in a statement. */
  readonly parameter: (index: number) => string;
  /** The multiple of a size that is not above, of a column of whole numbers. */
  readonly floorTo: (column: string, size: number) => string;
  readonly startsWith: (text: string, prefix: string) => string;
  /** In whatever case. */
  readonly holds: (text: string, part: string) => string;
}
