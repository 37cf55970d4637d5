import { deleteEntity, type Statements } from '@gatehouse/store';
import { ServiceError } from '../service-error.ts';
import { findPrivate, insertPrivate } from './private-row.ts';

const CHARS_MIN = 12;
const BYTES_MAX = 128;
/** Of those with twelve characters and more, what lists of broken passwords begin with. */
const COMMON: ReadonlySet<string> = new Set([
  '123456789012',
  '1234567890123',
  '12345678901234',
  '123456789012345',
  '1234567890123456',
  '12345678910111213',
  '000000000000',
  '111111111111',
  '1q2w3e4r5t6y',
  '1qaz2wsx3edc',
  'qwertyuiop12',
  'qwertyuiop123',
  'qwertyuiop[]',
  'qwerty123456',
  'qwerty1234567',
  'password1234',
  'password12345',
  'password123456',
  'passwordpassword',
  'administrator',
  'administrator1',
  'admin1234567',
  'adminadminadmin',
  'changemechangeme',
  'changeme1234',
  'letmeinletmein',
  'welcome12345',
  'iloveyou1234',
  'correcthorsebatterystaple',
  'gatehouse1234',
  'gatehousegatehouse',
]);

/** Length is what counts (NIST SP 800-63B §3.1.1.2); what everybody tries first is refused whatever its length. */
export function requireGoodPassword(password: string, name: string): void {
  const refuse = (why: string): never => {
    throw new ServiceError('admin.invalid', `/password ${why}`);
  };
  if (Array.from(password.normalize('NFC')).length < CHARS_MIN) refuse(`has fewer than ${CHARS_MIN} characters`);
  if (Buffer.byteLength(password) > BYTES_MAX) refuse(`is longer than ${BYTES_MAX} bytes`);
  const plain = password.toLowerCase();
  if (COMMON.has(plain) || new Set(plain).size < 4) refuse('is one of those that are tried first');
  if (plain === name.toLowerCase()) refuse('is the name');
}

export async function passwordOf(sql: Statements, user: string): Promise<string | undefined> {
  const row = await findPrivate(sql, { kind: 'password', parent: user, name: 'password' });
  return typeof row?.data['phc'] === 'string' ? row.data['phc'] : undefined;
}

export async function keepPassword(
  sql: Statements,
  { user, phc, nowMs }: { readonly user: string; readonly phc: string; readonly nowMs: number },
): Promise<void> {
  const known = await findPrivate(sql, { kind: 'password', parent: user, name: 'password' });
  if (known !== undefined) await deleteEntity(sql, known);
  await insertPrivate(sql, { kind: 'password', parent: user, name: 'password', data: { phc }, nowMs });
}
