import type { GuardAction, GuardSide } from '@gatehouse/config';

export type {
  GuardAction,
  GuardSide,
  GuardSpec,
  InjectionGuardSpec,
  LengthGuardSpec,
  ModerationGuardSpec,
  OutputSchemaGuardSpec,
  PiiEntity,
  PiiGuardSpec,
  SecretsGuardSpec,
  TopicsGuardSpec,
} from '@gatehouse/config';

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
