/** The second door: active health checks, which the main thread makes and whose verdicts the workers read. */
export { HealthProber, type ProberOptions } from './health-prober.ts';
export { systemTimers, type Probe, type Timers } from './health-watch.ts';
export { httpProbe } from './http-probe.ts';
