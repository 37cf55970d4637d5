import { parseAnalyticsPlace } from '@gatehouse/analytics';
import { expect, it } from 'vitest';
import { observerSettings } from './observer-settings.ts';

it.each([
  ['embedded', 20 * 1024 ** 3],
  ['clickhouse://db', Number.MAX_SAFE_INTEGER],
])('bounds what %s takes on the disk by %i bytes', (place, bytesMax) => {
  const { keep } = observerSettings(undefined, parseAnalyticsPlace(place));
  expect([keep.bytesMax, keep.recordsMs]).toEqual([bytesMax, 30 * 86_400_000]);
});
