import { isJsonFields, type Json } from '../../canonical/json.ts';
import { mapFields } from './map-json.ts';
import type { MapText, TextSource } from './text-source.ts';

/**
 * Something canonical with the texts that ride on it: dialects keep there what it says beyond the canonical form. The
 * same object when none changed.
 */
export function mapRiding<T extends object>(form: T, source: TextSource, map: MapText): T {
  const ext: unknown = 'ext' in form ? form.ext : undefined;
  if (!isJsonFields(ext)) return form;
  let changed = false;
  const entries = Object.entries(ext).map(([dialect, said]): [string, Json] => {
    if (!isJsonFields(said)) return [dialect, said];
    // It is all of the block once more, and put back only where nothing in the block has changed.
    const { whole, ...members } = said;
    const mapped = mapFields(members, source, map);
    changed ||= mapped !== members;
    return [dialect, whole === undefined ? mapped : { ...mapped, whole }];
  });
  return changed ? { ...form, ext: Object.fromEntries(entries) } : form;
}
