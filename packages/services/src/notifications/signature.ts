import { createHmac, timingSafeEqual } from 'node:crypto';

const PREFIX = 'whsec_';
/** What is older than this, or newer, is not believed. */
const TOLERANCE_MS = 300_000;
const SIGNATURES_MAX = 10;

export interface Signed {
  /** The same for each try, so that whoever is told twice can tell. */
  readonly id: string;
  readonly atMs: number;
  readonly body: string;
}

/** As Standard Webhooks say: HMAC-SHA256 over id, seconds and body. */
export function signatureHeaders(secret: string, { id, atMs, body }: Signed): Readonly<Record<string, string>> {
  const seconds = String(Math.floor(atMs / 1000));
  return {
    'webhook-id': id,
    'webhook-timestamp': seconds,
    'webhook-signature': `v1,${digest(secret, `${id}.${seconds}.${body}`).toString('base64')}`,
  };
}

function digest(secret: string, text: string): Buffer {
  return createHmac('sha256', Buffer.from(secret.slice(PREFIX.length), 'base64'))
    .update(text)
    .digest();
}

export interface Presented {
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: string;
}

/** Whether whoever has the secret has signed it, and lately. */
export function isSigned(secret: string, { headers, body }: Presented, nowMs: number): boolean {
  const { 'webhook-id': id, 'webhook-timestamp': seconds, 'webhook-signature': signatures } = headers;
  if (id === undefined || signatures === undefined || !/^\d{1,12}$/.test(seconds ?? '')) return false;
  if (Math.abs(Number(seconds) * 1000 - nowMs) > TOLERANCE_MS) return false;
  const wanted = digest(secret, `${id}.${seconds}.${body}`);
  return signatures
    .split(' ', SIGNATURES_MAX)
    .filter((signature) => signature.startsWith('v1,'))
    .map((signature) => Buffer.from(signature.slice(3), 'base64'))
    .some((given) => given.length === wanted.length && timingSafeEqual(given, wanted));
}
