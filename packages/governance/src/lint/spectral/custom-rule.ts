import type { JsonObject } from '../../document/json-value.ts';
import type { Severity } from '../rule.ts';
import type { CoreFunction } from './functions.ts';
import type { JsonPath } from './json-path.ts';

/** A rule as Spectral writes them, ready to run. */
export interface CustomRule {
  readonly name: string;
  readonly severity: Severity;
  /** With `{{error}}`, `{{path}}`, `{{property}}`, `{{value}}` and `{{description}}`. */
  readonly message: string;
  readonly description: string;
  readonly given: readonly JsonPath[];
  readonly checks: readonly Check[];
  /** Whether references are followed. */
  readonly resolved: boolean;
}

/** What Spectral calls `then`. */
export interface Check {
  /** A property, a path of them, or `@key`. */
  readonly field: string | undefined;
  readonly run: CoreFunction;
  readonly options: JsonObject;
}
