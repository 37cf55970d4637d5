import type { Losses } from '../../canonical/loss.ts';

/** The nearest number that the target takes, named as clamped when it is another one; undefined stays so. */
export function clamp(
  value: number | undefined,
  { min, max }: { readonly min: number; readonly max: number },
  report: { readonly losses: Losses; readonly name: string },
): number | undefined {
  if (value === undefined) return undefined;
  const nearest = Math.min(Math.max(value, min), max);
  if (nearest !== value) report.losses.add('clamped', report.name);
  return nearest;
}

/** No more than the model can say, where the catalogue knows. */
export function clampOutput(wanted: number | undefined, known: number | undefined, losses: Losses): number | undefined {
  return clamp(wanted, { min: 0, max: known ?? Infinity }, { losses, name: 'max_tokens' });
}
