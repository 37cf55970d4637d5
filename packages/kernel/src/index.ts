export { errorReference } from './error-reference.ts';
export { ERRORS, GatehouseError, isErrorCode, type Blame, type ErrorCode, type ErrorRow } from './errors.ts';
export { newRequestId, isRequestId } from './ids.ts';
export { systemClock, type Clock } from './clock.ts';
export { parseDuration, parseSize } from './units.ts';
export { Secret } from './secret.ts';
export { slot, item } from './slot.ts';
export { type Logger, createLogger, type LogLevel } from './logger.ts';
export { hash32, hash64, randomFrom, type Hash64 } from './hash.ts';
