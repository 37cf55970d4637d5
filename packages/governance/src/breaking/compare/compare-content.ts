import { canonicalText } from '../canonicalise/canonical-text.ts';
import { coveringTypes, mediaTypesOf } from '../canonicalise/media-types.ts';
import type { RawObject } from '../canonicalise/raw-value.ts';
import type { Direction } from '../variance.ts';
import type { Met, Report, Scope } from './report.ts';

export interface ContentPlace {
  readonly scope: Scope;
  readonly path: string;
  readonly direction: Direction;
}

type Types = ReadonlyMap<string, RawObject>;

/** Media types and their schemas. What a range such as `application/*` covers is not gone. */
export function compareContent(report: Report, place: ContentPlace, [oldContent, newContent]: Met): void {
  const { scope, path, direction } = place;
  const olds = mediaTypesOf(oldContent, report.old.nodes.references);
  const news = mediaTypesOf(newContent, report.new.nodes.references);
  const met = new Set<string>();
  for (const [type, old] of olds) {
    const partners = partnersOf(type, news);
    for (const partner of partners) {
      met.add(partner);
      compareMediaType(report, { ...place, path: `${path}.${type}` }, [old, news.get(partner)]);
    }
    if (partners.length === 0) report.note(scope, `${direction}-media-type-removed`, { path, what: type });
  }
  for (const type of news.keys()) {
    const covered = met.has(type) || coveringTypes(type).some((wider) => olds.has(wider));
    if (!covered) report.note(scope, `${direction}-media-type-added`, { path, what: type });
  }
}

/** Itself; or what covers it; or, of a range, all that it covers. */
function partnersOf(type: string, types: Types): readonly string[] {
  const nearest = coveringTypes(type).find((wider) => types.has(wider));
  if (nearest !== undefined) return [nearest];
  return type.endsWith('*') ? [...types.keys()].filter((other) => coveringTypes(other).includes(type)) : [];
}

function compareMediaType(
  report: Report,
  { scope, path, direction }: ContentPlace,
  [old, newer]: readonly [RawObject | undefined, RawObject | undefined],
): void {
  report.meet(scope, { path, direction }, [old?.['schema'], newer?.['schema']]);
  if (old?.['itemSchema'] !== undefined || newer?.['itemSchema'] !== undefined) {
    report.meet(scope, { path: `${path}[]`, direction }, [old?.['itemSchema'], newer?.['itemSchema']]);
  }
  const encodings = [old, newer].map((media) => canonicalText(media?.['encoding'] ?? {}));
  if (direction === 'request' && encodings[0] !== encodings[1])
    report.note(scope, 'request-encoding-changed', { path });
}
