import { createHmac, timingSafeEqual } from 'node:crypto';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const STEP_MS = 30_000;
/** Clocks of telephones may be this many steps off. */
const SKEW = 1;

export interface TotpOptions {
  readonly digits?: number;
  readonly algorithm?: 'sha1' | 'sha256' | 'sha512';
}

/** The code of one step of 30 s (RFC 6238, RFC 4226 §5.3). */
export function totp(secret: Uint8Array, step: number, { digits = 6, algorithm = 'sha1' }: TotpOptions = {}): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac(algorithm, secret).update(counter).digest();
  const offset = mac.readUInt8(mac.length - 1) & 0xf;
  return String((mac.readUInt32BE(offset) & 0x7fffffff) % 10 ** digits).padStart(digits, '0');
}

export function totpStep(nowMs: number): number {
  return Math.floor(nowMs / STEP_MS);
}

/** The step whose code it is, if that is near and after `lastStep`: a code that was seen is of no use to anybody. */
export function stepOfCode(
  secret: Uint8Array,
  code: string,
  { nowMs, lastStep }: { readonly nowMs: number; readonly lastStep: number },
): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = totpStep(nowMs);
  for (let step = now - SKEW; step <= now + SKEW; step++) {
    if (step > lastStep && timingSafeEqual(Buffer.from(totp(secret, step)), Buffer.from(code))) return step;
  }
  return undefined;
}

/** RFC 4648 §6, without padding: how authenticators are told. */
export function base32(bytes: Uint8Array): string {
  let [text, bits, value] = ['', 0, 0];
  for (const byte of bytes) {
    value = ((value << 8) | byte) & 0xfff;
    bits += 8;
    for (; bits >= 5; bits -= 5) text += ALPHABET[(value >>> (bits - 5)) & 31] ?? '';
  }
  return bits === 0 ? text : text + (ALPHABET[(value << (5 - bits)) & 31] ?? '');
}

/** What authenticators make of a QR code. */
export function totpUri(secret: Uint8Array, account: string): string {
  const label = encodeURIComponent(`Gatehouse:${account}`);
  return `otpauth://totp/${label}?secret=${base32(secret)}&issuer=Gatehouse&algorithm=SHA1&digits=6&period=30`;
}
