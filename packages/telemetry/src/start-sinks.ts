import { readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { LogSinkSpec, LogTargetSpec, TelemetrySpec } from '@gatehouse/config';
import type { Clock, Logger } from '@gatehouse/kernel';
import { otlpLogSink, otlpTraceSink } from './otlp/otlp-sink.ts';
import { logFilter, sampledFilter } from './pump/item-filter.ts';
import type { DeliverTimings } from './pump/deliver.ts';
import { SinkPump, type PumpOptions } from './pump/sink-pump.ts';
import type { SinkFacts } from './pump/sink-tally.ts';
import type { Sink, SinkItem } from './sink.ts';
import { FileSink } from './sinks/file-sink.ts';
import { httpSink } from './sinks/http-sink.ts';
import { lineText } from './sinks/line-text.ts';
import { PluginSink } from './sinks/plugin-sink.ts';
import { stdoutSink, type WriteText } from './sinks/stdout-sink.ts';
import { syslogSink } from './syslog/syslog-sink.ts';

export interface StartOptions {
  readonly spoolDir: string;
  /** Where places are kept; nothing else may be there. */
  readonly stateDir: string;
  /** What files of the configuration are relative to. */
  readonly baseDir: string;
  readonly telemetry: TelemetrySpec | undefined;
  /** This gate among others. */
  readonly node: string;
  readonly version: string;
  readonly log: Logger;
  readonly clock: Clock;
  readonly random: () => number;
  readonly writeStdout: WriteText;
  readonly timings?: DeliverTimings;
}

export interface RunningSinks {
  /** Receivers that are the same go on; the others end and begin. One at a time. */
  reconfigure(telemetry: TelemetrySpec | undefined): Promise<void>;
  facts(): readonly SinkFacts[];
  /** Sends on what is there, for at most so long. */
  stop(drainMs?: number): Promise<void>;
}

const DRAIN_MS = 2000;

/** Tells all receivers of a configuration of every record that comes into the spool. */
export async function startSinks(options: StartOptions): Promise<RunningSinks> {
  const sinks = new Sinks(options);
  await sinks.reconfigure(options.telemetry);
  return sinks;
}

/** One receiver as the configuration has it. */
interface Receiver {
  /** Of its state, and unique. */
  readonly id: string;
  /** What it is made of, as one text. */
  readonly made: string;
  readonly pumpOptions: () => PumpOptions;
}

class Sinks implements RunningSinks {
  readonly #options: StartOptions;
  readonly #running = new Map<string, { readonly made: string; readonly pump: SinkPump }>();
  #last: Promise<void> = Promise.resolve();

  constructor(options: StartOptions) {
    this.#options = options;
  }

  async reconfigure(telemetry: TelemetrySpec | undefined): Promise<void> {
    this.#last = this.#last.then(() => this.#use(telemetry));
    await this.#last;
  }

  facts(): readonly SinkFacts[] {
    return [...this.#running.values()].map(({ pump }) => pump.facts());
  }

  async stop(drainMs = DRAIN_MS): Promise<void> {
    await this.#last;
    await Promise.all([...this.#running.values()].map(({ pump }) => pump.stop(drainMs)));
    this.#running.clear();
  }

  async #use(telemetry: TelemetrySpec | undefined): Promise<void> {
    const wanted = new Map(this.#receivers(telemetry).map((receiver) => [receiver.id, receiver]));
    const ending = [...this.#running].filter(([id, { made }]) => wanted.get(id)?.made !== made);
    await Promise.all(
      ending.map(async ([id, { pump }]) => {
        await pump.stop(DRAIN_MS);
        this.#running.delete(id);
      }),
    );
    this.#forgetOthers(new Set(wanted.keys()));
    for (const { id, made, pumpOptions } of wanted.values()) {
      if (this.#running.has(id)) continue;
      const pump = new SinkPump(pumpOptions());
      this.#running.set(id, { made, pump });
      pump.start();
    }
  }

  /** A receiver that is taken out and comes again later is a new one. */
  #forgetOthers(wanted: ReadonlySet<string>): void {
    for (const name of namesIn(this.#options.stateDir)) {
      if (!wanted.has(name.replace(/\.json$/, ''))) rmSync(path.join(this.#options.stateDir, name), { force: true });
    }
  }

  #receivers(telemetry: TelemetrySpec | undefined): readonly Receiver[] {
    const { traces, logs = [] } = telemetry ?? {};
    const receivers = logs.map((spec) => this.#logReceiver(spec));
    if (traces === undefined) return receivers;
    const { otlp, batch } = traces;
    const forTraces = {
      id: 'traces',
      made: JSON.stringify([otlp, batch]),
      pumpOptions: (): PumpOptions => ({
        ...this.#common('traces', batch),
        name: 'traces',
        kind: 'otlp-traces',
        filter: sampledFilter,
        sink: otlpTraceSink(otlp, this.#options),
      }),
    };
    return [forTraces, ...receivers];
  }

  #logReceiver(spec: LogSinkSpec): Receiver {
    // Names differ also where a system does not tell large letters from small ones.
    const id = `log-${spec.name.toLowerCase()}`;
    const pumpOptions = (): PumpOptions => ({
      ...this.#common(id, spec.batch),
      name: spec.name,
      kind: spec.target.kind,
      filter: logFilter(spec.where),
      sink: this.#sinkOf(spec.target, spec.fields),
    });
    return { id, made: JSON.stringify(spec), pumpOptions };
  }

  #common(id: string, batch: PumpOptions['batch']): Omit<PumpOptions, 'name' | 'kind' | 'filter' | 'sink'> {
    const { spoolDir, stateDir, clock, log, random, timings } = this.#options;
    const placePath = path.join(stateDir, `${id}.json`);
    return { spoolDir, placePath, batch, clock, log, random, ...(timings !== undefined && { timings }) };
  }

  #sinkOf(target: LogTargetSpec, fields: readonly string[] | undefined): Sink {
    const { baseDir, node, log, clock, writeStdout } = this.#options;
    const text = lineText(fields);
    if (target.kind === 'file') return new FileSink({ ...target, path: path.resolve(baseDir, target.path) }, text);
    if (target.kind === 'stdout') return stdoutSink(writeStdout, text);
    if (target.kind === 'syslog') return syslogSink(target, text, node);
    if (target.kind === 'http') return httpSink(target, text, clock);
    if (target.kind === 'otlp') return otlpLogSink(target, fields, this.#options);
    const itemOf = (item: SinkItem): SinkItem => (fields === undefined ? item : { ...item, line: text(item) });
    const file = path.resolve(baseDir, target.file);
    return new PluginSink({ file, options: target.options, tools: { log, node }, itemOf });
  }
}

function namesIn(dir: string): readonly string[] {
  try {
    return readdirSync(dir).filter((name) => name.endsWith('.json'));
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw error;
  }
}
