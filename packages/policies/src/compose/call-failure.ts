import { GatehouseError, type ErrorCode } from '@gatehouse/kernel';

/** A call without which there is no answer. */
export class CallFailure extends Error {
  readonly code: ErrorCode;

  constructor(name: string, error: unknown) {
    const code = error instanceof GatehouseError && error.code.startsWith('upstream.') ? error.code : 'upstream.broken';
    super(`the call \`${name}\` ${reasonOf(error)}`);
    this.code = code;
  }
}

/** What a call came to, where it was no answer to go on with: the predicate of a sentence that tells nothing of it. */
export class NoAnswer extends Error {}

export function reasonOf(error: unknown): string {
  if (error instanceof NoAnswer) return error.message;
  if (error instanceof GatehouseError && error.code === 'upstream.timeout') return 'did not answer in time';
  if (error instanceof GatehouseError && error.code === 'upstream.unhealthy') return 'has no healthy upstream';
  return 'failed';
}
