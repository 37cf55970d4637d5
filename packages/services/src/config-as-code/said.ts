import { isSecretName, MASK } from '../entities/sealed.ts';
import { ServiceError } from '../service-error.ts';
import type { Data } from '../json-data.ts';

/** `***` stands for secrets that are kept; anywhere else it would be taken for what it says. */
export function requireNoMask(after: unknown, before: unknown, name = ''): void {
  if (after === MASK && !isSecretName(name) && before !== MASK)
    throw new ServiceError(
      'admin.invalid',
      `${name}: a value is missing (*** stands for secrets that are kept, and this is none)`,
    );
  if (typeof after !== 'object' || after === null) return;
  const known = asData(before);
  for (const [key, value] of Object.entries(after)) requireNoMask(value, known[key], Array.isArray(after) ? name : key);
}

export function withoutFields(data: Data, fields: readonly string[]): Data {
  return Object.fromEntries(Object.entries(data).filter(([name]) => !fields.includes(name)));
}

/** Without what is not said. */
export function said(data: Data): Data {
  return Object.fromEntries(Object.entries(data).filter(([, value]) => value !== undefined));
}

export function asData(value: unknown): Data {
  return typeof value === 'object' && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}
