export { compileGuards, type GuardSet } from './guard-set.ts';
export { GuardedCall, type GuardDecision, type JudgedReply } from './guarded-call.ts';
export { GuardSession, type GuardVerdict, type ModerationVerdict, type ReplyVerdict } from './guard-session.ts';
export type {
  GuardAction,
  GuardFinding,
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
} from './guard-spec.ts';
export type { ModerationAnswer, ModerationQuestion, Moderator } from './moderator.ts';
export { schemaProblems } from './schema/schema-check.ts';
export { StreamFilter } from './stream-filter.ts';
export { NATIONAL_IDS, SECRET_KINDS, type NationalIdKind, type SecretKind } from './entities/entity.ts';
