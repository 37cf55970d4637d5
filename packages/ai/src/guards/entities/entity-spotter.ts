import { EntityScan } from './entity-scan.ts';
import { NATIONAL_IDS, SECRET_KINDS, type PiiKind, type Span } from './entity.ts';

export interface EntitySpots {
  readonly spots: readonly Span[];
  /** What stands behind it in a text that goes on may still turn out to be something, or more of what was found. */
  readonly decided: number;
}

/** Looks through one text; `goesOn` where it was cut off. */
export type EntitySpotter = (text: string, goesOn: boolean) => EntitySpots;

const PII_KINDS: readonly PiiKind[] = ['email', 'phone', 'card', 'iban', ...NATIONAL_IDS];

/** Finds entities of these kinds and no others, as guards name them, for whoever has whole texts and no model call. */
export function entitySpotter(entities: readonly string[]): EntitySpotter {
  const kinds = new Set(entities.flatMap((each) => (each === 'national_id' ? NATIONAL_IDS : [each])));
  const secrets = SECRET_KINDS.some((kind) => kinds.has(kind));
  const pii = PII_KINDS.some((kind) => kinds.has(kind));
  if (!pii && !secrets) return (text) => ({ spots: [], decided: text.length });
  return (text, goesOn) => {
    const found: Span[] = [];
    const scan = new EntityScan({ pii, secrets });
    scan.begin(0);
    const decided = scan.scan({ text, final: !goesOn }, found);
    return { spots: found.filter(({ kind }) => kinds.has(kind)), decided: goesOn ? decided : text.length };
  };
}
