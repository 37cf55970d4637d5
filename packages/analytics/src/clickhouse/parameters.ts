import { Parameters as SqlParameters } from '../sql/parameters.ts';
import { CLICKHOUSE } from './dialect.ts';

/** `{p1:String}`, `{p2:String}`. */
export class Parameters extends SqlParameters {
  constructor() {
    super(CLICKHOUSE.parameter);
  }
}
