import { GatehouseError } from '@gatehouse/kernel';
import { Check, Default } from 'typebox/value';
import { quote } from '../problems/nearest.ts';
import { endpointAddress } from '../forms/endpoint-url.ts';
import { hashKey } from '../forms/hash-key.ts';
import { hedgeMoment } from '../forms/hedge-moment.ts';
import { fraction, milliseconds } from '../forms/units.ts';
import { upstreamSchema, type TimeoutsSource, type UpstreamSource } from '../schema/upstream-schema.ts';
import type { BreakerSource, EjectionSource } from '../schema/upstream-health-schema.ts';
import type {
  BreakerSpec,
  EjectionSpec,
  EndpointSpec,
  HealthSpec,
  TimeoutSpec,
  UpstreamSpec,
  UpstreamTlsSpec,
} from '../snapshot.ts';
import type { Compilation } from './compilation.ts';
import { checkDiscovery, discoveryOf } from './compile-discovery.ts';
import { upstreamTlsSpec } from './upstream-tls.ts';

export function compileUpstreams(compilation: Compilation): Map<string, UpstreamSpec> {
  const { source } = compilation;
  return new Map(
    Object.entries(source.upstreams).map(([name, upstream]) => {
      checkTargets(upstream.targets, compilation);
      checkProtocol(upstream, compilation);
      checkDiscovery(upstream.targets, compilation);
      checkFields(upstream, compilation);
      return [name, upstreamSpec(name, upstream, tlsOf(upstream, compilation))] as const;
    }),
  );
}

/** An API may name a URL instead of an upstream: one target, all else by default, the same one for the same URL. */
export function implicitUpstream(url: string): UpstreamSpec {
  const { id, basePath } = endpointAddress(url);
  const filled = Default(upstreamSchema, { targets: [url] });
  if (Check(upstreamSchema, filled)) return upstreamSpec(id + basePath, filled);
  throw new GatehouseError('gateway.internal', 'The defaults of an upstream do not fit its schema.');
}

function upstreamSpec(name: string, source: UpstreamSource, tlsWith?: UpstreamTlsSpec): UpstreamSpec {
  const { protocol, balance, targets, health, timeouts, retries, hash, slowStart, breaker, panic, hedge } = source;
  const discovery = targets.flatMap((target) => discoveryOf(target) ?? []);
  return {
    name,
    balance,
    endpoints: targets.flatMap((target) => {
      const fixed = discoveryOf(target) === undefined ? endpoint(target) : undefined;
      return fixed === undefined ? [] : [secured(spoken(fixed, protocol), tlsWith)];
    }),
    health: health && healthSpec(health),
    timeouts: upstreamTimeoutSpec(timeouts),
    retries: { attempts: retries.attempts, on: retries.on, budget: fraction(retries.budget) },
    ejection: ejectionSpec(source.ejection),
    ...(balance === 'consistent-hash' && {
      hash: { ...hashKey(hash?.by ?? 'ip'), loadFactor: hash?.loadFactor ?? LOAD_FACTOR },
    }),
    ...(slowStart && { slowStart: { windowMs: milliseconds(slowStart.window), aggression: slowStart.aggression } }),
    ...(panic !== undefined && { panicShare: fraction(panic) }),
    ...(breaker && { breaker: breakerSpec(breaker) }),
    ...(hedge && { hedge: hedgeMoment(hedge.after) }),
    ...(discovery.length > 0 && { discovery: discovery.map((spec) => secured(spoken(spec, protocol), tlsWith)) }),
  };
}

/** Of hashing by address, where nothing is said of it. */
const LOAD_FACTOR = 1.25;

export type Target = UpstreamSource['targets'][number];

/** Undefined for a name that is looked up and brings its own ports. */
function endpoint(target: Target): EndpointSpec | undefined {
  if (typeof target === 'string') return { ...endpointAddress(target), weight: 1 };
  const { url, weight } = target;
  return url === undefined ? undefined : { ...endpointAddress(url), weight };
}

/** In plain text nobody is asked what he prefers: there `auto` is HTTP/1.1. */
function spoken<Spec extends { readonly tls: boolean }>(
  spec: Spec,
  protocol: UpstreamSource['protocol'],
): Spec & Pick<EndpointSpec, 'http2'> {
  if (protocol === 'h2' || protocol === 'h2c') return { ...spec, http2: 'h2' };
  return protocol === 'auto' && spec.tls ? { ...spec, http2: 'auto' } : spec;
}

function secured<Spec extends { readonly tls: boolean }>(
  spec: Spec,
  tlsWith: UpstreamTlsSpec | undefined,
): Spec & Pick<EndpointSpec, 'tlsWith'> {
  return spec.tls && tlsWith !== undefined ? { ...spec, tlsWith } : spec;
}

function tlsOf({ tls, targets }: UpstreamSource, compilation: Compilation): UpstreamTlsSpec | undefined {
  if (tls === undefined) return undefined;
  const { places, report } = compilation;
  if (!targets.some(isTls)) {
    report.problem(places.of(tls), `${quote('tls')} is for targets of https://, and there is none`);
  }
  return upstreamTlsSpec(tls, compilation);
}

function isTls(target: Target): boolean {
  return endpoint(target)?.tls ?? (typeof target === 'object' && target.dns?.tls === true);
}

function checkProtocol({ protocol, targets }: UpstreamSource, { places, report }: Compilation): void {
  for (const [index, target] of targets.entries()) {
    const tls = isTls(target);
    const where = places.at(targets, index);
    if (protocol === 'h2' && !tls) {
      report.problem(
        where,
        `${quote('h2')} is spoken over TLS, write an https:// URL here or ${quote('protocol: h2c')}`,
      );
    } else if (protocol === 'h2c' && tls) {
      report.problem(where, `${quote('h2c')} is plain text, write an http:// URL here or ${quote('protocol: h2')}`);
    }
  }
}

function healthSpec(health: NonNullable<UpstreamSource['health']>): HealthSpec {
  const { path, interval, timeout, unhealthyAfter, healthyAfter } = health;
  return { path, intervalMs: milliseconds(interval), timeoutMs: milliseconds(timeout), unhealthyAfter, healthyAfter };
}

export function timeoutSpec({ connect, firstByte, idle }: TimeoutsSource): TimeoutSpec {
  return { connectMs: milliseconds(connect), firstByteMs: milliseconds(firstByte), idleMs: milliseconds(idle) };
}

function upstreamTimeoutSpec(timeouts: UpstreamSource['timeouts']): TimeoutSpec {
  const { total, header } = timeouts;
  return {
    ...timeoutSpec(timeouts),
    ...(total !== undefined && { totalMs: milliseconds(total) }),
    ...(header !== undefined && { header: header.toLowerCase() }),
  };
}

function ejectionSpec({ failures, successRate, ...ejection }: EjectionSource): EjectionSpec {
  const { minTargets: minEndpoints, minRequests, stdevs } = successRate;
  return {
    consecutive: ejection.consecutive,
    consecutiveLocal: ejection.consecutiveLocal,
    intervalMs: milliseconds(ejection.interval),
    baseMs: milliseconds(ejection.base),
    maxMs: milliseconds(ejection.max),
    maxShare: fraction(ejection.maxShare),
    failures: { share: fraction(failures.share), minRequests: failures.minRequests },
    successRate: { stdevs, minEndpoints, minRequests },
  };
}

function breakerSpec({ errors, minRequests, window, openFor, probes }: BreakerSource): BreakerSpec {
  const openMs = milliseconds(openFor);
  return { errorShare: fraction(errors), minRequests, windowMs: milliseconds(window), openMs, probes };
}

/** Fields that are possible by themselves and not together. */
function checkFields(source: UpstreamSource, { places, report }: Compilation): void {
  const { balance, hash, timeouts, ejection } = source;
  if (hash !== undefined && balance !== 'consistent-hash') {
    report.problem(
      places.of(hash),
      `${quote('hash')} is only for ${quote('balance: consistent-hash')}, write that too`,
    );
  }
  if (timeouts.header !== undefined && timeouts.total === undefined) {
    report.problem(
      places.at(timeouts, 'header'),
      `${quote('header')} tells what is left of ${quote('total')}, write that too`,
    );
  }
  if (timeouts.header !== undefined && !/^x-(?!forwarded-|gatehouse-|request-id$)/i.test(timeouts.header)) {
    report.problem(
      places.at(timeouts, 'header'),
      `${quote('header')} may be in use, write a name of your own that begins with x-, such as x-request-timeout-ms`,
    );
  }
  if (milliseconds(ejection.base) > milliseconds(ejection.max)) {
    report.problem(places.at(ejection, 'base'), `${quote('base')} is longer than ${quote('max')}, write less`);
  }
}

/** What two targets of an upstream may not have in common. */
function identityOf(target: Target): string {
  const url = typeof target === 'string' ? target : target.url;
  if (url !== undefined) {
    const { id, basePath } = endpointAddress(url);
    return id + basePath;
  }
  const { name, port, type, path } = (typeof target === 'string' ? undefined : target.dns) ?? NOWHERE;
  return [name.toLowerCase(), port, type, path].join(' ');
}

/** A target without an address has a problem of its own. */
const NOWHERE = { name: '', port: 0, type: 'auto', path: '' };

function checkTargets(targets: readonly Target[], { places, report }: Compilation): void {
  const seen = new Set<string>();
  for (const [index, target] of targets.entries()) {
    const identity = identityOf(target);
    if (seen.has(identity)) {
      report.problem(places.at(targets, index), 'this target is written twice, leave one out or give it more weight');
    }
    seen.add(identity);
  }
  checkWeights(targets, { places, report });
}

/** At least one of several choices must be possible. */
export function checkWeights(
  choices: readonly (string | { readonly weight: number })[],
  { places, report }: Pick<Compilation, 'places' | 'report'>,
): void {
  if (choices.length === 0 || choices.some((choice) => typeof choice === 'string' || choice.weight > 0)) return;
  report.problem(places.of(choices), `${quote('targets')} all have weight 0, give one of them more`);
}
