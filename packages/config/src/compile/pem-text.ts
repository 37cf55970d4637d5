import type { Compilation } from './compilation.ts';

export interface PemSource {
  readonly holder: object;
  readonly key: string;
  readonly value: string;
}

/** PEM that stands in the configuration, or in a file that it names; undefined, and a problem, for what cannot be read. */
export function pemText(
  { holder, key, value }: PemSource,
  { places, readText, report }: Pick<Compilation, 'places' | 'readText' | 'report'>,
): string | undefined {
  // A variable may hold its lines as `\n`, where whoever sets it can write only one.
  if (value.includes('-----BEGIN')) return value.replaceAll(String.raw`\n`, '\n');
  try {
    return readText(value);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    const why = code === 'ENOENT' ? 'is not there, write its path relative to this file' : `cannot be read (${code})`;
    report.problem(places.at(holder, key), `the file ${places.quote(holder, key)} ${why}`);
    return undefined;
  }
}
