import { parseDuration, parseSize } from '@gatehouse/kernel';
import { meaning, parsedText, type Parse } from './parsed.ts';

export const DAY_MS = 86_400_000;
/** Longer spans are mistakes, and timers cannot wait for them. */
const DURATION_MS_MAX = 366 * DAY_MS;

const parseMilliseconds: Parse<number> = (text) => {
  const value = parseDuration(text);
  if (value === undefined) return { wrong: 'is not a duration, write one such as 250ms, 10s, 5m, 1h or 1d' };
  if (value < 1 || value > DURATION_MS_MAX) return { wrong: 'is not a possible duration, write one from 1ms to 366d' };
  return { value };
};

interface FieldOptions {
  readonly description: string;
  readonly default?: string;
}

/** Spans that a timer waits for. */
export const timeout = (options: FieldOptions) =>
  parsedText(
    (text) => {
      const result = parseMilliseconds(text);
      const tooLong = 'value' in result && result.value > DAY_MS;
      return tooLong ? { wrong: 'is too long, write a duration of at most 1d' } : result;
    },
    { ...DURATION_OPTIONS, ...options },
  );

export const duration = (options: FieldOptions) => parsedText(parseMilliseconds, { ...DURATION_OPTIONS, ...options });

const DURATION_OPTIONS = {
  title: 'a duration',
  pattern: String.raw`^\d+(\.\d+)?(ms|s|m|h|d)$`,
  examples: ['250ms', '10s', '5m', '1h', '1d'],
};

export const milliseconds = (text: string): number => meaning(parseMilliseconds, text);

const parseFraction: Parse<number> = (text) => {
  const percent = /^(\d+(?:\.\d+)?)%$/.exec(text)?.[1];
  const value = Number(percent) / 100;
  return value >= 0 && value <= 1 ? { value } : { wrong: 'is not a share, write one from 0% to 100%' };
};

export const share = (options: FieldOptions) =>
  parsedText(parseFraction, {
    title: 'a share',
    pattern: String.raw`^\d+(\.\d+)?%$`,
    examples: ['20%'],
    ...options,
  });

/** `20%` → 0.2 */
export const fraction = (text: string): number => meaning(parseFraction, text);

const parseBytes: Parse<number> = (text) => {
  const value = parseSize(text);
  return value === undefined ? { wrong: 'is not a size, write one such as 512B, 64KiB or 10MB' } : { value };
};

export const size = (options: FieldOptions) =>
  parsedText(parseBytes, {
    title: 'a size',
    pattern: String.raw`^\d+(\.\d+)?(B|KB|MB|GB|KiB|MiB|GiB)$`,
    examples: ['64KiB', '10MB'],
    ...options,
  });

export const bytes = (text: string): number => meaning(parseBytes, text);
