export { errorReference } from './error-reference.ts';
export { ERRORS, GatehouseError, isErrorCode, type Blame, type ErrorCode, type ErrorRow } from './errors.ts';
export { newRequestId, isRequestId } from './ids.ts';
export { checkServerIdentity } from './server-identity.ts';
export { CALENDAR_UNITS, calendarPeriod, type CalendarPeriod, type CalendarUnit } from './calendar-period.ts';
export { IDENTIFYING_POLICIES } from './identifying-policies.ts';
export { jsonObject } from './json-object.ts';
export { systemClock, type Clock } from './clock.ts';
export { parseDuration, parseSize } from './units.ts';
export { Secret } from './secret.ts';
export {
  newPasswordHash,
  parsePasswordHash,
  passwordHash,
  verifyPassword,
  type PasswordHash,
} from './password-hash.ts';
export { ed25519Key, ed25519Thumbprint, identityJwks, identityKey, type IdentityKey } from './identity-key.ts';
export { slot, item } from './slot.ts';
export { THREADS_MAX, WORKERS_MAX } from './threads-max.ts';
export { type Logger, createLogger, type LogLevel } from './logger.ts';
export { hash32, hash64, randomFrom, type Hash64 } from './hash.ts';
export { importText } from './module-text.ts';
export { PatternParser, type PatternNode, type PatternRepeat } from './pattern-parser.ts';
export { isWellFormedKey, newKey, sha256Hex } from './api-key.ts';
export { DRIFT_KINDS, type DriftKind, type FieldShape, type Observation, type ObservedFinding } from './observation.ts';
export { documentFingerprint } from './document-fingerprint.ts';
export { mergedShape } from './field-shape.ts';
