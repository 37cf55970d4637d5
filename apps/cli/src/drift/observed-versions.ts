import { DriftLedger } from '@gatehouse/governance';
import { readObservations } from '@gatehouse/record/spool';
import { CommandFailure } from '../failure.ts';

/** What was observed of one version of an api. */
export interface ObservedVersion {
  readonly api: string;
  readonly version: string;
  readonly ledger: DriftLedger;
  /** It was held against the document that is asked about. */
  readonly isThatDocument: boolean;
}

interface Asked {
  readonly api: string | undefined;
  readonly version: string | undefined;
  readonly sinceMs: number | undefined;
  /** Of the document, as observations call it, and what it says of itself. */
  readonly fingerprint: string;
  readonly writtenVersion: string | undefined;
}

/** A gate has this many at most; each is small. */
const VERSIONS_MAX = 1000;

/** The version that is asked about, or the only one that it can be. */
export async function observedVersion(folder: string, asked: Asked): Promise<ObservedVersion> {
  const all = await observedVersions(folder, asked);
  const [only, ...others] = all;
  if (only === undefined) throw new CommandFailure(nothing(folder, asked));
  if (others.length === 0) return only;
  const narrowed = [
    all.filter(({ isThatDocument }) => isThatDocument),
    all.filter(({ version }) => version === asked.writtenVersion),
  ].find(({ length }) => length === 1);
  const [found] = narrowed ?? [];
  if (found !== undefined) return found;
  const names = all.map(({ api, version }) => `--api ${api} --api-version ${version}`).toSorted();
  throw new CommandFailure(`several versions were watched, say which one:\n  ${names.join('\n  ')}`);
}

async function observedVersions(folder: string, asked: Asked): Promise<readonly ObservedVersion[]> {
  const found = new Map<string, ObservedVersion>();
  for await (const observation of readObservations(folder, { sinceMs: asked.sinceMs })) {
    const { api, version, document } = observation;
    if (asked.api !== undefined && asked.api !== api) continue;
    if (asked.version !== undefined && asked.version !== version) continue;
    const key = `${api}\n${version}`;
    const known = found.get(key);
    if (known === undefined && found.size >= VERSIONS_MAX) continue;
    const ledger = known?.ledger ?? new DriftLedger();
    ledger.add(observation);
    const isThatDocument = known?.isThatDocument === true || document === asked.fingerprint;
    found.set(key, { api, version, ledger, isThatDocument });
  }
  return [...found.values()];
}

function nothing(folder: string, { api, version }: Asked): string {
  const what = [api, version].filter((part) => part !== undefined).join(' ');
  const whose = what === '' ? '' : ` of ${what}`;
  return `${folder} holds no observation${whose}: put the policy \`drift\` at the api, and wait for calls`;
}
