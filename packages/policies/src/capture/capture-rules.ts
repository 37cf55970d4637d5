import { bytes, fraction, milliseconds } from '../parsed-units.ts';
import type { PolicyTools, Spotter } from '../policy.ts';
import { hiddenNames } from './hidden-names.ts';
import { addressSpotter } from './redact/address-spotter.ts';
import { NamePaths } from './redact/name-paths.ts';
import { patternSpotter } from './redact/pattern-spotter.ts';
import type { Config } from './schema.ts';

/** A config, made ready. */
export interface CaptureRules {
  readonly sample: number;
  readonly on: ReadonlySet<Config['on'][number]>;
  readonly slowerThanMs: number;
  readonly sides: { readonly request: boolean; readonly response: boolean };
  readonly bytesMax: number;
  readonly headers: boolean;
  /** In small letters. */
  readonly maskedFields: ReadonlySet<string>;
  readonly paths: NamePaths;
  readonly queryPaths: NamePaths;
  /** Of one call. */
  spotters(): readonly Spotter[];
  /** By media types in small letters. */
  isShown(type: string): boolean;
}

export function captureRules(config: Config, { runtime, route }: Pick<PolicyTools, 'runtime' | 'route'>): CaptureRules {
  const { paths, pii, patterns } = config.redact;
  const { fields, names, queryNames } = hiddenNames(route.policies, config.maskHeaders);
  const shown = config.contentTypes.map(typePattern);
  const always = [runtime.spotter(pii), addressSpotter(pii)].filter((each) => each !== undefined);
  const made = patterns.map(patternSpotter).filter((each) => each !== undefined);
  return {
    sample: fraction(config.sample),
    on: new Set(config.on),
    slowerThanMs: milliseconds(config.slowerThan),
    sides: { request: config.request, response: config.response },
    bytesMax: bytes(config.bytesMax),
    headers: config.headers,
    maskedFields: fields,
    paths: new NamePaths(paths, names),
    queryPaths: new NamePaths(paths, queryNames),
    spotters: () => [...always, ...made.map((make) => make())],
    isShown: (type) => shown.some((pattern) => pattern.test(type)),
  };
}

function typePattern(type: string): RegExp {
  const source = type
    .toLowerCase()
    .replaceAll(/[.+^$]/g, String.raw`\$&`)
    .replaceAll('*', '[^/;]*');
  return new RegExp(`^${source}$`);
}
