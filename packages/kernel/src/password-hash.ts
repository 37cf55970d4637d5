import { argon2, argon2Sync, randomBytes, timingSafeEqual } from 'node:crypto';

/** A hash by argon2id (RFC 9106) with what it was made with. */
export interface PasswordHash {
  readonly memoryKiB: number;
  readonly passes: number;
  readonly parallelism: number;
  readonly salt: Buffer;
  readonly hash: Buffer;
}

/** What OWASP asks for at the least; some 30 ms. */
const COST = { memoryKiB: 19_456, passes: 2, parallelism: 1 };
const HASH_BYTES = 32;
const SALT_BYTES = 16;
const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,86})\$([A-Za-z0-9+/]{22,86})$/;

/** A PHC string `$argon2id$v=19$m=…,t=…,p=…$salt$hash`; undefined for any other, and for one that would take too much to check. */
export function parsePasswordHash(text: string): PasswordHash | undefined {
  const found = PHC.exec(text);
  if (found === null) return undefined;
  const [memoryKiB, passes, parallelism] = [Number(found[1]), Number(found[2]), Number(found[3])];
  const [salt, hash] = [unpadded(found[4] ?? ''), unpadded(found[5] ?? '')];
  if (salt === undefined || hash === undefined) return undefined;
  const inBounds = passes >= 1 && passes <= 32 && parallelism >= 1 && parallelism <= 16 && memoryKiB <= 262_144;
  return inBounds && memoryKiB >= 8 * parallelism ? { memoryKiB, passes, parallelism, salt, hash } : undefined;
}

/** The PHC string of a password. Takes some 30 ms, in which its thread does nothing else. */
export function passwordHash(password: string, salt: Buffer): string {
  const { memoryKiB, passes, parallelism } = COST;
  const hash = argon2Sync('argon2id', parameters(password, { ...COST, salt, hash: Buffer.alloc(HASH_BYTES) }));
  const [saltText, hashText] = [salt, hash].map((part) => part.toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${saltText}$${hashText}`;
}

/** The same off this thread, with a salt of its own. */
export async function newPasswordHash(password: string): Promise<string> {
  const [salt, hash] = [randomBytes(SALT_BYTES), Buffer.alloc(HASH_BYTES)];
  const { memoryKiB, passes, parallelism } = COST;
  const made = await argon2id(parameters(password, { ...COST, salt, hash }));
  const [saltText, hashText] = [salt, made].map((part) => part.toString('base64').replaceAll('=', ''));
  return `$argon2id$v=19$m=${memoryKiB},t=${passes},p=${parallelism}$${saltText}$${hashText}`;
}

/** Off this thread; compares in equal time. */
export async function verifyPassword(password: string, expected: PasswordHash): Promise<boolean> {
  return timingSafeEqual(await argon2id(parameters(password, expected)), expected.hash);
}

async function argon2id(wanted: ReturnType<typeof parameters>): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    argon2('argon2id', wanted, (error, hash) => {
      if (error !== null) reject(error);
      else resolve(hash);
    });
  });
}

function parameters(password: string, { memoryKiB, passes, parallelism, salt, hash }: PasswordHash) {
  return {
    // RFC 8265 §4.2: one password has one form, whatever keyboard wrote it.
    message: Buffer.from(password.normalize('NFC')),
    nonce: salt,
    parallelism,
    tagLength: hash.length,
    memory: memoryKiB,
    passes,
  };
}

function unpadded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, 'base64');
  return bytes.toString('base64').replaceAll('=', '') === text ? bytes : undefined;
}
