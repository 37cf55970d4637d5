/** Reads the last line of a program's output as JSON that holds these numbers, and fails on anything else. */
export function numbersIn<Name extends string>(output: string, names: readonly Name[]): Readonly<Record<Name, number>> {
  const line = output.trim().split('\n').at(-1) ?? '';
  const parsed: unknown = JSON.parse(line);
  if (!holdsNumbers(parsed, names)) throw new TypeError(`no ${names.join(', ')} in: ${line}`);
  return parsed;
}

function holdsNumbers<Name extends string>(
  value: unknown,
  names: readonly Name[],
): value is Readonly<Record<Name, number>> {
  if (typeof value !== 'object' || value === null) return false;
  const found = new Map<string, unknown>(Object.entries(value));
  return names.every((name) => typeof found.get(name) === 'number');
}
