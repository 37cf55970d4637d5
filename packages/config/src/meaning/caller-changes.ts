import { canonicalJson } from '../compile/snapshot-version.ts';
import type { CredentialSpec, PlanSpec, Snapshot, SubscriptionSpec } from '../snapshot.ts';
import type { MeaningChange } from './meaning.ts';
import { changedMembers } from './values.ts';

/** Who may call what, and how much: applications of the configuration, and the plans of those that are known elsewhere. */
export function callerChanges(before: Snapshot, after: Snapshot): readonly MeaningChange[] {
  const [old, now] = [byApplication(before), byApplication(after)];
  const applications = [...new Set([...old.keys(), ...now.keys()])].toSorted();
  const plans = [...new Set([...Object.keys(before.plans ?? {}), ...Object.keys(after.plans ?? {})])].toSorted();
  return [
    ...applications.flatMap((name) => applicationChanges(name, old.get(name) ?? [], now.get(name) ?? [])),
    ...plans.flatMap((name) => planChanges(name, own(before.plans, name), own(after.plans, name))),
  ];
}

function own<T>(record: Readonly<Record<string, T>> | undefined, name: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, name) ? record[name] : undefined;
}

function byApplication({ credentials }: Snapshot): ReadonlyMap<string, readonly CredentialSpec[]> {
  return Map.groupBy(credentials, ({ application }) => application);
}

type Change = MeaningChange['change'];

function applicationChanges(
  subject: string,
  before: readonly CredentialSpec[],
  after: readonly CredentialSpec[],
): readonly MeaningChange[] {
  const tell = (change: Change, detail: string): MeaningChange => ({ area: 'access', change, subject, detail });
  const [old, now] = [before[0], after[0]];
  if (old === undefined) return [tell('added', `application with ${counted(after)}`)];
  if (now === undefined) return [tell('removed', `application with ${counted(before)}`)];
  const [wasThere, isThere] = [identities(before), identities(after)];
  return [
    ...[...isThere].filter(([key]) => !wasThere.has(key)).map(([, { name }]) => tell('added', `credential ${name}`)),
    ...[...wasThere].filter(([key]) => !isThere.has(key)).map(([, { name }]) => tell('removed', `credential ${name}`)),
    ...[...isThere].flatMap(([key, { expiresMs, name }]) => {
      const known = wasThere.get(key);
      if (known === undefined || known.expiresMs === expiresMs) return [];
      return [tell('changed', `credential ${name} expires: ${day(known.expiresMs)} → ${day(expiresMs)}`)];
    }),
    ...subscriptionChanges(old.subscriptions, now.subscriptions).map(([change, detail]) => tell(change, detail)),
    ...listChanges(old.models ?? [], now.models ?? []).map(([change, name]) => tell(change, `model ${name}`)),
    ...listChanges(old.prompts ?? [], now.prompts ?? []).map(([change, name]) => tell(change, `prompt ${name}`)),
    ...changedMembers({ tokenLimits: old.tokenLimits }, { tokenLimits: now.tokenLimits }).map((detail) =>
      tell('changed', detail),
    ),
  ];
}

const counted = ({ length }: readonly unknown[]): string => (length === 1 ? '1 credential' : `${length} credentials`);
const day = (ms: number | undefined): string => (ms === undefined ? 'never' : new Date(ms).toISOString());

function identities(credentials: readonly CredentialSpec[]): ReadonlyMap<string, CredentialSpec> {
  return new Map(credentials.map((each) => [each.sha256 === '' ? canonicalJson(each.match) : each.sha256, each]));
}

type Subscriptions = Readonly<Record<string, SubscriptionSpec>>;

function subscriptionChanges(before: Subscriptions, after: Subscriptions): readonly (readonly [Change, string])[] {
  const apis = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return apis.flatMap((api): readonly (readonly [Change, string])[] => {
    const [was, is] = [own(before, api), own(after, api)];
    if (was === undefined) return [['added', `may call ${api}${under(is)}`]];
    if (is === undefined) return [['removed', `may not call ${api} any more`]];
    if (was.plan !== is.plan) return [['changed', `${api}: plan ${was.plan ?? 'none'} → ${is.plan ?? 'none'}`]];
    return changedMembers(bounds(was), bounds(is)).map((detail) => ['changed', `${api}: ${detail}`]);
  });
}

const under = (subscription: SubscriptionSpec | undefined): string =>
  subscription?.plan === undefined ? '' : ` under ${subscription.plan}`;
const bounds = (bounded: SubscriptionSpec | PlanSpec) => {
  const { limits, quota } = bounded;
  const operations = 'grants' in bounded ? bounded.grants[0]?.operations : bounded.operations;
  return { limits, quota, ...(operations !== undefined && { operations }) };
};

function listChanges(before: readonly string[], after: readonly string[]): readonly (readonly [Change, string])[] {
  return [
    ...after.filter((name) => !before.includes(name)).map((name) => ['added', name] as const),
    ...before.filter((name) => !after.includes(name)).map((name) => ['removed', name] as const),
  ];
}

function planChanges(
  subject: string,
  before: PlanSpec | undefined,
  after: PlanSpec | undefined,
): readonly MeaningChange[] {
  const tell = (change: Change, detail: string): MeaningChange => ({ area: 'access', change, subject, detail });
  if (before === undefined) return [tell('added', 'plan')];
  if (after === undefined) return [tell('removed', 'plan')];
  const granted = ({ grants }: PlanSpec): readonly string[] => grants.map(({ api }) => api);
  return [
    ...listChanges(granted(before), granted(after)).map(([change, api]) => tell(change, `plan holds ${api}`)),
    ...changedMembers(bounds(before), bounds(after)).map((detail) => tell('changed', `plan ${detail}`)),
    ...listChanges(before.models?.models ?? [], after.models?.models ?? []).map(([change, name]) =>
      tell(change, `plan's model ${name}`),
    ),
    ...listChanges(before.models?.prompts ?? [], after.models?.prompts ?? []).map(([change, name]) =>
      tell(change, `plan's prompt ${name}`),
    ),
    ...changedMembers({ tokenLimits: before.models?.tokenLimits }, { tokenLimits: after.models?.tokenLimits }).map(
      (detail) => tell('changed', `plan ${detail}`),
    ),
  ];
}
