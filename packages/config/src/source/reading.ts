import { quote } from '../problems/nearest.ts';
import type { Report } from '../problems/report.ts';
import type { Environment } from './environment.ts';
import type { Places } from './places.ts';
import type { SchemaView } from './schema-view.ts';
import type { SourceNode } from './source-node.ts';

/** What reading answers where there is no value to go on with; why is in the report. */
export const INVALID = Symbol('invalid');

/** What the value being read is called in problems, and where it belongs. */
export interface Spot {
  /** '' for the file itself. */
  readonly name: string;
  readonly path: string;
  /** Of its key, or of the value itself inside a list: what lacks a field is pointed at here. */
  readonly keyOffset: number;
}

/** As a sentence calls it. */
export function called({ name }: Spot): string {
  return name === '' ? 'the file' : quote(name);
}

/** Passed to the readers of each kind, which call `read` for what is inside. */
export interface Reading {
  readonly report: Report;
  readonly environment: Environment;
  readonly places: Places;
  /** The value of a node under a schema: with defaults, without what is wrong, or INVALID. */
  read(node: SourceNode, schema: SchemaView, spot: Spot): unknown;
}
