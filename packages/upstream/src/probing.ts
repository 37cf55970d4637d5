/** The second door: active health checks and look-ups, which the main thread makes for all workers. */
export { HealthProber, type ProberOptions } from './health-prober.ts';
export { systemTimers, type Probe, type Timers } from './health-watch.ts';
export { httpProbe } from './http-probe.ts';
export { DnsDiscovery, type DiscoveryOptions } from './discovery/dns-discovery.ts';
export { dnsResolver, type NameResolver } from './discovery/name-resolver.ts';
