/** Something that is wrong in a file, told so that it can be found and put right. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  /** From 1, in UTF-16 units as editors count. */
  readonly column: number;
  /** What is wrong, what would be right. Never holds a value from the environment. */
  readonly message: string;
  /** Where in the tree: `apis.users.routes[0].path`; '' for the file itself. */
  readonly path: string;
}

/** `file:line:column: what is wrong, what would be right` */
export function formatProblem({ file, line, column, message }: ConfigProblem): string {
  return `${file}:${line}:${column}: ${message}`;
}

export function byPosition(a: ConfigProblem, b: ConfigProblem): number {
  return a.line - b.line || a.column - b.column;
}
