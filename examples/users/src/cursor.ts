import { createHmac, timingSafeEqual } from 'node:crypto';
import { Problem } from './problem.ts';

/** Where the next page starts, and the filter that the cursor is good for. */
export interface Position {
  readonly after: string;
  readonly email: string | undefined;
}

export interface Cursors {
  encode(position: Position): string;
  /** Throws a `request.invalid_cursor` for anything that `encode` did not make, byte for byte. */
  decode(cursor: string): Position;
}

const MAC_BYTES = 16;

/** Cursors are signed, so that callers cannot build on their contents and a changed one is refused. */
export function createCursors(secret: Uint8Array): Cursors {
  const sign = (payload: Uint8Array): Buffer =>
    createHmac('sha256', secret).update(payload).digest().subarray(0, MAC_BYTES);
  return {
    encode(position) {
      const payload = Buffer.from(JSON.stringify([position.after, position.email ?? null]));
      return Buffer.concat([sign(payload), payload]).toString('base64url');
    },
    decode(cursor) {
      const raw = Buffer.from(cursor, 'base64url');
      const payload = raw.subarray(MAC_BYTES);
      // Base64 decoding skips stray characters and spare bits, so only the canonical spelling is ours.
      const isOurs =
        raw.length > MAC_BYTES &&
        raw.toString('base64url') === cursor &&
        timingSafeEqual(raw.subarray(0, MAC_BYTES), sign(payload));
      if (!isOurs) throw invalidCursor('The cursor did not come from this service.');
      return readPosition(payload);
    },
  };
}

export function invalidCursor(detail: string): Problem {
  return new Problem('request.invalid_cursor', { detail, errors: [{ parameter: 'cursor', detail }] });
}

/** The signature vouches for the shape; a mismatch means that an older release signed it. */
function readPosition(payload: Buffer): Position {
  const position: unknown = JSON.parse(payload.toString());
  const [after, email]: readonly unknown[] = Array.isArray(position) ? position : [];
  if (typeof after === 'string' && (typeof email === 'string' || email === null)) {
    return { after, email: email ?? undefined };
  }
  throw invalidCursor('The cursor is too old. Start again from the first page.');
}
