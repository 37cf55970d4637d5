import { canonical } from './canonical.ts';
import { FORMATS } from './formats.ts';
import type { PlanSchemaObject } from './plan-schema.ts';
import type { Check, Checks } from './check.ts';

export function scalarChecks(schema: PlanSchemaObject, set: Checks): Check[] {
  return [...valueChecks(schema), ...textChecks(schema, set), ...numberChecks(schema)];
}

function valueChecks(schema: PlanSchemaObject): Check[] {
  const checks: Check[] = [];
  if (schema.enum !== undefined) {
    const allowed = new Set(schema.enum.map(canonical));
    checks.push((value, examination) => {
      return allowed.has(examination.canonical(value)) || examination.fail('is not one of the allowed values', 'enum');
    });
  }
  if (schema.const !== undefined) {
    const only = canonical(schema.const);
    checks.push((value, examination) => {
      return examination.canonical(value) === only || examination.fail('is not the allowed value', 'const');
    });
  }
  return checks;
}

function textChecks({ minLength, maxLength, pattern, format }: PlanSchemaObject, set: Checks): Check[] {
  const checks: Check[] = [];
  const text = (rule: string, holds: (value: string) => boolean, message: string): void => {
    checks.push((value, examination) => typeof value !== 'string' || holds(value) || examination.fail(message, rule));
  };
  if (minLength !== undefined) {
    text('minLength', (value) => hasLength(value, minLength, Infinity), `must have at least ${minLength} characters`);
  }
  if (maxLength !== undefined) {
    text('maxLength', (value) => hasLength(value, 0, maxLength), `must have at most ${maxLength} characters`);
  }
  const check = format !== undefined && Object.hasOwn(FORMATS, format) ? FORMATS[format] : undefined;
  if (check?.kind === 'text') text('format', check.holds, `is no ${format}`);
  if (check?.kind === 'number') {
    checks.push(
      (value, examination) =>
        typeof value !== 'number' || check.holds(value) || examination.fail(`is no ${format}`, 'format'),
    );
  }
  if (pattern !== undefined) {
    const compiled = set.pattern(pattern);
    checks.push(
      (value, examination) =>
        typeof value !== 'string' ||
        compiled.test(value, examination.spend) ||
        examination.fail('does not have the form that is wanted', 'pattern'),
    );
  }
  return checks;
}

/** In characters, not in the halves of which JavaScript makes some of them. */
function hasLength(text: string, min: number, max: number): boolean {
  if (text.length < min) return false;
  if (text.length <= max && text.length >= min * 2) return true;
  let length = 0;
  for (let at = 0; at < text.length; at++) {
    if (++length > max) return false;
    const half = text.charCodeAt(at);
    if (half >= 0xd800 && half < 0xdc00 && (text.charCodeAt(at + 1) & 0xfc00) === 0xdc00) at++;
  }
  return length >= min;
}

function numberChecks(schema: PlanSchemaObject): Check[] {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = schema;
  const checks: Check[] = [];
  const number = (rule: string, holds: (value: number) => boolean, message: string): void => {
    checks.push((value, examination) => typeof value !== 'number' || holds(value) || examination.fail(message, rule));
  };
  if (minimum !== undefined) number('minimum', (value) => value >= minimum, `must be at least ${minimum}`);
  if (maximum !== undefined) number('maximum', (value) => value <= maximum, `must be at most ${maximum}`);
  if (exclusiveMinimum !== undefined)
    number('exclusiveMinimum', (value) => value > exclusiveMinimum, `must be above ${exclusiveMinimum}`);
  if (exclusiveMaximum !== undefined)
    number('exclusiveMaximum', (value) => value < exclusiveMaximum, `must be below ${exclusiveMaximum}`);
  if (multipleOf !== undefined)
    number('multipleOf', (value) => isMultiple(value, multipleOf), `must be a multiple of ${multipleOf}`);
  return checks;
}

/** 19.99 is one of 0.01, though 19.99 / 0.01 is 1998.9999999999998. */
function isMultiple(value: number, of: number): boolean {
  const quotient = value / of;
  if (!Number.isFinite(quotient)) return false;
  return Math.abs(Math.round(quotient) - quotient) <= 1e-12 * Math.max(1, Math.abs(quotient));
}
