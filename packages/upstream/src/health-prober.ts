import type { Snapshot, UpstreamSpec } from '@gatehouse/config';
import type { Random } from './balancer.ts';
import { endpointKey } from './endpoint.ts';
import type { HealthTable } from './health-table.ts';
import { HealthWatch, type Probe, type Timers, type WatchTarget } from './health-watch.ts';

export interface ProberOptions {
  readonly table: HealthTable;
  readonly probe: Probe;
  readonly timers: Timers;
  readonly random: Random;
  /** For logs and metrics; the table is written before. */
  readonly onChange?: (key: string, healthy: boolean) => void;
}

/** Active health checks of the whole process: runs in the main thread, once, and survives every reload. */
export class HealthProber {
  readonly #options: ProberOptions;
  readonly #watches = new Map<string, HealthWatch>();

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /**
   * Probes what these upstreams name and nothing else; an endpoint that stays keeps its state. Returns the slots that
   * workers need for `HealthTable.view`.
   */
  update(upstreams: Snapshot['upstreams']): Record<string, number> {
    const targets = new Map(Object.values(upstreams).flatMap(targetsOf));
    const slots = this.#options.table.assign(new Set(targets.keys()));
    for (const [key, watch] of this.#watches) {
      if (targets.has(key)) continue;
      watch.stop();
      this.#watches.delete(key);
    }
    for (const [key, target] of targets) this.#watch(key, target);
    return slots;
  }

  stop(): void {
    for (const watch of this.#watches.values()) watch.stop();
    this.#watches.clear();
  }

  #watch(key: string, target: WatchTarget): void {
    const known = this.#watches.get(key);
    if (known !== undefined) {
      known.configure(target);
      return;
    }
    const onChange = (healthy: boolean): void => {
      this.#options.table.mark(key, healthy);
      this.#options.onChange?.(key, healthy);
    };
    const { probe, timers, random } = this.#options;
    this.#watches.set(key, new HealthWatch(target, { probe, timers, random, onChange }));
  }
}

/** What gets no traffic is not probed. */
function targetsOf({ name, health, endpoints }: UpstreamSpec): [string, WatchTarget][] {
  if (health === undefined) return [];
  return endpoints
    .filter(({ weight }) => weight > 0)
    .map((endpoint) => [endpointKey(endpoint, name), { endpoint, health }]);
}
