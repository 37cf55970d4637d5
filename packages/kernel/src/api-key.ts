import { createHash, randomInt } from 'node:crypto';

const BASE62 = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const SECRET_CHARS = 22;
const CHECK_CHARS = 6;

/** `gh_<22 base62>_<6 check characters>`: 131 bits of secret, and a check that lets scanners tell a key from noise. */
export function newKey(random: (max: number) => number = randomInt): string {
  let secret = '';
  for (let i = 0; i < SECRET_CHARS; i++) secret += BASE62[random(BASE62.length)] ?? '';
  return `gh_${secret}_${checkOf(secret)}`;
}

export function isWellFormedKey(key: string): boolean {
  const match = /^gh_([0-9A-Za-z]{22})_([0-9A-Za-z]{6})$/.exec(key);
  return match?.[1] !== undefined && checkOf(match[1]) === match[2];
}

export function sha256Hex(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function checkOf(secret: string): string {
  let rest = BigInt(`0x${sha256Hex(`gatehouse key check ${secret}`).slice(0, 16)}`);
  let check = '';
  for (let i = 0; i < CHECK_CHARS; i++) {
    check += BASE62[Number(rest % 62n)] ?? '';
    rest /= 62n;
  }
  return check;
}
