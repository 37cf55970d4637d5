import { Parameters as SqlParameters } from '../sql/parameters.ts';
import { DUCKDB } from './dialect.ts';

/** `$1`, `$2`. */
export class Parameters extends SqlParameters {
  constructor() {
    super(DUCKDB.parameter);
  }
}
