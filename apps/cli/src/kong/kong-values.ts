/** Reading values out of somebody else's YAML: what is not of the kind that is asked for is not there. */
export type Fields = Readonly<Record<string, unknown>>;

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function textOf(value: unknown): string | undefined {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

export function textsOf(value: unknown): readonly string[] {
  return (Array.isArray(value) ? value : []).flatMap((each: unknown) => textOf(each) ?? []);
}

export function listOf(value: unknown): readonly Fields[] {
  return (Array.isArray(value) ? value : []).filter(isFields);
}

/** An entity that is named by its name or id, as `service: { name: a }` or `service: a`. */
export function referenceOf(value: unknown): string | undefined {
  return (
    textOf(value) ??
    textOf(fieldsOf(value)['name']) ??
    textOf(fieldsOf(value)['id']) ??
    textOf(fieldsOf(value)['username'])
  );
}

/** Without what is not there. */
export function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
