import { parseDuration, parseSize } from '@gatehouse/kernel';
import { Type, type TStringOptions } from 'typebox';

/**
 * A text with a check of its own. What is wrong is the predicate of a sentence, says what would be right, and does not
 * quote the text: whoever reads the configuration shows it with the place.
 */
export function checkedText(problem: (text: string) => string | undefined, options: TStringOptions) {
  return Type.Refine(
    Type.String(options),
    (text) => problem(text) === undefined,
    (text) => problem(text) ?? 'is right',
  );
}

interface FieldOptions {
  readonly description: string;
  readonly default?: string;
}

const DURATION_MS_MAX = 366 * 86_400_000;

export function duration(options: FieldOptions) {
  const problem = (text: string): string | undefined => {
    const ms = parseDuration(text);
    if (ms === undefined) return 'is not a duration, write one such as 250ms, 10s, 5m, 1h or 1d';
    return ms < 1 || ms > DURATION_MS_MAX ? 'is not a possible duration, write one from 1ms to 366d' : undefined;
  };
  return checkedText(problem, {
    title: 'a duration',
    pattern: String.raw`^\d+(\.\d+)?(ms|s|m|h|d)$`,
    examples: ['10s', '1m', '1h'],
    ...options,
  });
}

export function size(options: FieldOptions) {
  const problem = (text: string): string | undefined =>
    parseSize(text) === undefined ? 'is not a size, write one such as 512B, 64KiB or 10MB' : undefined;
  return checkedText(problem, {
    title: 'a size',
    pattern: String.raw`^\d+(\.\d+)?(B|KB|MB|GB|KiB|MiB|GiB)$`,
    examples: ['64KiB', '10MB'],
    ...options,
  });
}
