import { canonicalJson } from '../compile/snapshot-version.ts';
import type { ModelSpec, ModelTarget, Snapshot, UpstreamSpec } from '../snapshot.ts';
import { callerChanges } from './caller-changes.ts';
import type { Meaning, MeaningArea, MeaningChange } from './meaning.ts';
import { routeChanges } from './route-changes.ts';
import { changedMembers } from './values.ts';

/** How requests fare under `after` where it is not as under `before`. What is written otherwise and means the same is no change. */
export function diffSnapshots(before: Snapshot, after: Snapshot): Meaning {
  return {
    changes: [
      ...routeChanges(before, after),
      ...callerChanges(before, after),
      ...upstreamChanges(before, after),
      ...modelChanges(before, after),
      ...changedMembers(before.gateway ?? {}, after.gateway ?? {}).map((detail) => ({
        area: 'gateway' as const,
        change: 'changed' as const,
        subject: 'gateway',
        detail,
      })),
      ...named(receivers(before), receivers(after), { area: 'gateway', noun: 'receiver of records' }),
      ...named(before.plugins ?? {}, after.plugins ?? {}, { area: 'policy', noun: 'plugin' }),
    ],
  };
}

/** Headers and options may be secrets: that they differ is all that is said. */
function receivers({ telemetry, records }: Snapshot): Readonly<Record<string, unknown>> {
  const quiet = (target: object): unknown =>
    Object.fromEntries(
      Object.entries(target).map(([key, value]: [string, unknown]) => [
        key,
        typeof value === 'object' ? canonicalJson(value) : value,
      ]),
    );
  const logs = (telemetry?.logs ?? []).map((sink) => [sink.name, { ...sink, target: quiet(sink.target) }] as const);
  const traces = telemetry?.traces;
  return {
    ...(records && { 'this gate itself': records }),
    ...(traces && { 'OpenTelemetry traces': { ...traces, otlp: quiet(traces.otlp) } }),
    ...Object.fromEntries(logs),
  };
}

function upstreamChanges(before: Snapshot, after: Snapshot): readonly MeaningChange[] {
  const requestsTo = new Map<string, string[]>();
  for (const { target, method, path } of after.routes) {
    if (target.kind !== 'upstream') continue;
    requestsTo.set(target.upstream, [...(requestsTo.get(target.upstream) ?? []), `${method} ${path}`]);
  }
  return (
    named(readable(before.upstreams, readableUpstream), readable(after.upstreams, readableUpstream), {
      area: 'upstream',
      noun: 'upstream',
    })
      // One that comes or goes with the routes to it is told by these.
      .filter(({ change }) => change === 'changed')
      .map((change) => {
        const requests = requestsTo.get(change.subject);
        return requests === undefined ? change : { ...change, requests };
      })
  );
}

function modelChanges({ ai: before }: Snapshot, { ai: after }: Snapshot): readonly MeaningChange[] {
  const { models = {}, providers = {}, prompts = {}, guards = [], budgets = [], ...rest } = before ?? {};
  const {
    models: m = {},
    providers: p = {},
    prompts: q = {},
    guards: g = [],
    budgets: b = [],
    ...others
  } = after ?? {};
  const listed = (list: readonly unknown[]): Record<string, unknown> =>
    Object.fromEntries(list.map((item) => [nameIn(item), item]));
  return [
    ...named(readable(models, readableModel), readable(m, readableModel), { area: 'model', noun: 'model' }),
    ...named(providers, p, { area: 'model', noun: 'provider' }),
    ...named(prompts, q, { area: 'model', noun: 'prompt' }),
    ...named(listed(guards), listed(g), { area: 'model', noun: 'guard' }),
    ...named(listed(budgets), listed(b), { area: 'access', noun: 'budget' }),
    ...(before === undefined || after === undefined ? [] : changedMembers(rest, others)).map((detail) => ({
      area: 'model' as const,
      change: 'changed' as const,
      subject: 'ai',
      detail,
    })),
  ];
}

function readable<T>(all: Readonly<Record<string, T>>, view: (one: T) => unknown): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, view(one)]));
}

/** Endpoints by their addresses, so that one more does not look as if all had changed. */
function readableUpstream({ endpoints, ...rest }: UpstreamSpec): unknown {
  const targets = endpoints.map(({ id, basePath, host: _host, port: _port, authority: _authority, ...more }) => [
    `${id}${basePath}`,
    more,
  ]);
  return { ...rest, targets: Object.fromEntries(targets) };
}

function readableModel({ targets, fallback, ...rest }: ModelSpec): unknown {
  const called = ({ provider, model }: ModelTarget): string => `${provider}/${model}`;
  return {
    ...rest,
    targets: Object.fromEntries(targets.map((target) => [called(target), { weight: target.weight }])),
    fallback: fallback.map(called).join(', '),
  };
}

/** Budgets and guards stand in a list. */
function nameIn(item: unknown): string {
  if (typeof item !== 'object' || item === null) return canonicalJson(item);
  const members = new Map(Object.entries(item));
  if (!members.has('of')) return String(members.get('name'));
  const whose = [members.get('of'), members.get('name'), members.get('per'), members.get('plan')];
  return whose.filter((part) => part !== undefined).join(' ');
}

function named(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  { area, noun }: { readonly area: MeaningArea; readonly noun: string },
): readonly MeaningChange[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted();
  return names.flatMap((subject): readonly MeaningChange[] => {
    if (!Object.hasOwn(before, subject)) return [{ area, change: 'added', subject, detail: noun }];
    if (!Object.hasOwn(after, subject)) return [{ area, change: 'removed', subject, detail: noun }];
    const details = changedMembers(before[subject], after[subject]);
    return details.map((detail) => ({
      area,
      change: 'changed',
      subject,
      detail: noun === area ? detail : `${noun} ${detail}`,
    }));
  });
}
