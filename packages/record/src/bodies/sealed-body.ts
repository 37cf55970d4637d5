import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';
import type { BodyLine, BodySide } from './body-line.ts';

const CIPHER = 'aes-256-gcm';
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Seals bodies, and opens them. */
export interface BodyKey {
  /** Tells one key from another and nothing else about it. */
  readonly id: string;
  readonly bytes: Uint8Array;
}

/** Of 32 bytes that are used for nothing else. */
export function bodyKey(bytes: Uint8Array): BodyKey {
  const id = createHash('sha256').update('gatehouse body key').update(bytes).digest('base64url').slice(0, 12);
  return { id, bytes };
}

/** What a capture holds. */
export interface CapturedBody {
  readonly head: CapturedHead;
  /** Redacted, and cut to the policy's bound; '' where it is not shown. */
  readonly text: string;
}

export interface CapturedHead {
  /** Why it was kept: `sampled`, `error`, `refusal`, `slow`. */
  readonly why: string;
  /** How `text` was read, and so redacted; undefined: it is not shown, as `hidden` says. */
  readonly shown?: string | undefined;
  /** Why there is no text, or not all of it. */
  readonly hidden?: string | undefined;
  readonly method?: string | undefined;
  /** With its `?`. */
  readonly query?: string | undefined;
  readonly status?: number | undefined;
  readonly headers?: readonly (readonly [name: string, value: string])[] | undefined;
}

/** What a line says in clear and is bound to: a body cannot be shown as another exchange's, nor a reply as a request. */
interface Place {
  readonly id: string;
  readonly side: BodySide;
}

export function sealBody({ head, text }: CapturedBody, place: Place, key: BodyKey): string {
  const nonce = randomBytes(NONCE_BYTES);
  const cipher = createCipheriv(CIPHER, key.bytes, nonce);
  cipher.setAAD(boundTo(place));
  // The text behind a line of JSON, because inside of it some texts would be six times as long.
  const plain = Buffer.from(`${JSON.stringify(head)}\n${text}`);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

/** Undefined: sealed by another key, or not as it was written. */
export function openBody(
  line: Pick<BodyLine, 'id' | 'side' | 'key' | 'sealed'>,
  key: BodyKey,
): CapturedBody | undefined {
  if (line.key !== key.id) return undefined;
  const sealed = Buffer.from(line.sealed, 'base64');
  if (sealed.length < NONCE_BYTES + TAG_BYTES) return undefined;
  const decipher = createDecipheriv(CIPHER, key.bytes, sealed.subarray(0, NONCE_BYTES), { authTagLength: TAG_BYTES });
  decipher.setAAD(boundTo(line));
  decipher.setAuthTag(sealed.subarray(-TAG_BYTES));
  try {
    const plain = Buffer.concat([decipher.update(sealed.subarray(NONCE_BYTES, -TAG_BYTES)), decipher.final()]);
    return parted(plain.toString());
  } catch {
    return undefined;
  }
}

function parted(plain: string): CapturedBody {
  const end = plain.indexOf('\n');
  return { head: headOf(JSON.parse(plain.slice(0, end))), text: plain.slice(end + 1) };
}

/** `sealBody` wrote it, of one: what is sealed cannot be anybody else's. */
function headOf(value: unknown): CapturedHead {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return value as CapturedHead;
}

function boundTo({ id, side }: Place): Buffer {
  return Buffer.from(`${id}\n${side}`);
}
