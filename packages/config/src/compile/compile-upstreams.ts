import { GatehouseError } from '@gatehouse/kernel';
import { Check, Default } from 'typebox/value';
import { quote } from '../problems/nearest.ts';
import { endpointAddress } from '../forms/endpoint-url.ts';
import { fraction, milliseconds } from '../forms/units.ts';
import { upstreamSchema, type TimeoutsSource, type UpstreamSource } from '../schema/upstream-schema.ts';
import type { EndpointSpec, HealthSpec, TimeoutSpec, UpstreamSpec } from '../snapshot.ts';
import type { Compilation } from './compilation.ts';

export function compileUpstreams(compilation: Compilation): Map<string, UpstreamSpec> {
  const { source } = compilation;
  return new Map(
    Object.entries(source.upstreams).map(([name, upstream]) => {
      checkTargets(upstream.targets, compilation);
      checkProtocol(upstream, compilation);
      return [name, upstreamSpec(name, upstream)] as const;
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

function upstreamSpec(
  name: string,
  { protocol, balance, targets, health, timeouts, retries }: UpstreamSource,
): UpstreamSpec {
  return {
    name,
    balance,
    endpoints: targets.map((target) => spoken(endpoint(target), protocol)),
    health: health && healthSpec(health),
    timeouts: timeoutSpec(timeouts),
    retries: { attempts: retries.attempts, on: retries.on, budget: fraction(retries.budget) },
  };
}

type Target = UpstreamSource['targets'][number];

function endpoint(target: Target): EndpointSpec {
  return typeof target === 'string'
    ? { ...endpointAddress(target), weight: 1 }
    : { ...endpointAddress(target.url), weight: target.weight };
}

/** In plain text nobody is asked what he prefers: there `auto` is HTTP/1.1. */
function spoken(spec: EndpointSpec, protocol: UpstreamSource['protocol']): EndpointSpec {
  if (protocol === 'h2' || protocol === 'h2c') return { ...spec, http2: 'h2' };
  return protocol === 'auto' && spec.tls ? { ...spec, http2: 'auto' } : spec;
}

function checkProtocol({ protocol, targets }: UpstreamSource, { places, report }: Compilation): void {
  for (const [index, target] of targets.entries()) {
    const { tls } = endpoint(target);
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

function checkTargets(targets: readonly Target[], { places, report }: Compilation): void {
  const seen = new Set<string>();
  for (const [index, target] of targets.entries()) {
    const { id, basePath } = endpoint(target);
    if (seen.has(id + basePath)) {
      report.problem(places.at(targets, index), 'this target is written twice, leave one out or give it more weight');
    }
    seen.add(id + basePath);
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
