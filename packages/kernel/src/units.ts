const DURATION = /^(\d+(?:\.\d+)?)(ms|s|m|h|d)$/;
const DURATION_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const SIZE = /^(\d+(?:\.\d+)?)(B|KB|MB|GB|KiB|MiB|GiB)$/;
const SIZE_BYTES: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  KiB: 1024,
  MiB: 1024 ** 2,
  GiB: 1024 ** 3,
};

/** `250ms 10s 5m 1h 1d` → milliseconds; anything else → undefined. */
export function parseDuration(text: string): number | undefined {
  return measure(DURATION.exec(text), DURATION_MS);
}

/** `512B 64KiB 10MB` → bytes; anything else → undefined. */
export function parseSize(text: string): number | undefined {
  return measure(SIZE.exec(text), SIZE_BYTES);
}

function measure(match: RegExpExecArray | null, unit: Readonly<Record<string, number>>): number | undefined {
  const factor = unit[match?.[2] ?? ''];
  if (match === null || factor === undefined) return undefined;
  const value = Math.round(Number(match[1]) * factor);
  return Number.isSafeInteger(value) ? value : undefined;
}
