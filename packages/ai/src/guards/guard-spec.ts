import type { NationalIdKind, SecretKind } from './entities/entity.ts';
import type { JsonFields } from '../canonical/json.ts';

/**
 * `block` refuses the call; `mask` puts a token such as `[EMAIL_1]` in the place of what was found, and takes it back in
 * what the model answers; `flag` only reports.
 */
export type GuardAction = 'block' | 'mask' | 'flag';

/** What goes to the model, and what comes back. */
export type GuardSide = 'request' | 'reply';

/** One guardrail as it is configured: plain data. */
export type GuardSpec =
  | PiiGuardSpec
  | SecretsGuardSpec
  | InjectionGuardSpec
  | TopicsGuardSpec
  | OutputSchemaGuardSpec
  | LengthGuardSpec
  | ModerationGuardSpec;

interface Named {
  /** For the record; its kind when absent. */
  readonly name?: string;
  /** Decides and reports, and changes nothing. */
  readonly shadow?: boolean;
}

interface Sided extends Named {
  /** Both when absent. */
  readonly on?: readonly GuardSide[];
}

/** All numbers of states together, or one by one. */
export type PiiEntity = 'email' | 'phone' | 'card' | 'iban' | 'national_id' | NationalIdKind;

export interface PiiGuardSpec extends Sided {
  readonly kind: 'pii';
  readonly action: GuardAction;
  /** All when absent. */
  readonly entities?: readonly PiiEntity[];
}

export interface SecretsGuardSpec extends Sided {
  readonly kind: 'secrets';
  readonly action: GuardAction;
  /** All when absent. */
  readonly entities?: readonly SecretKind[];
}

/** Looks at what callers, tools and documents say in a request; what the operator and the model say is left alone. */
export interface InjectionGuardSpec extends Named {
  readonly kind: 'injection';
  readonly action: 'block' | 'flag';
}

/** Words and phrases, whatever their case, accents, dashes and look-alikes; `word*` takes every ending. */
export interface TopicsGuardSpec extends Sided {
  readonly kind: 'topics';
  readonly action?: GuardAction;
  readonly deny?: readonly string[];
  /** Callers must name one of these somewhere in the conversation; `mask` counts as `block` here. */
  readonly allow?: readonly string[];
}

/** The text of an answer that is complete must be JSON of this schema; see `schemaProblems` for what is understood. */
export interface OutputSchemaGuardSpec extends Named {
  readonly kind: 'output-schema';
  readonly action?: 'block' | 'flag';
  readonly schema: JsonFields | boolean;
}

/** UTF-16 units of all text of a request, and of what an answer shows. */
export interface LengthGuardSpec extends Sided {
  readonly kind: 'length';
  readonly action?: 'block' | 'flag';
  readonly maxChars: number;
}

/** Asks a model that judges texts; the gateway supplies the `Moderator`. */
export interface ModerationGuardSpec extends Named {
  readonly kind: 'moderation';
  readonly action?: 'block' | 'flag';
  readonly on?: readonly GuardSide[];
  readonly provider: string;
  readonly model: string;
  /** From 0 to 1; without it the provider's own verdict counts. */
  readonly threshold?: number;
  /** What a moderator that cannot be reached means; `block` when absent. */
  readonly onFailure?: 'block' | 'pass';
}

/** For the record: what was found, never its text. */
export interface GuardFinding {
  readonly guard: string;
  readonly on: GuardSide;
  /** Of what was found: `email`, `api_key`, `override`, `deny`, `schema`… */
  readonly kind: string;
  readonly count: number;
  /** What was done, or, in shadow mode, would have been. */
  readonly action: GuardAction;
  readonly shadow: boolean;
}
