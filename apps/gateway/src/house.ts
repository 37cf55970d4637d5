import { ResponseCache, RoutingMemory, type Rest, SemanticMemory } from '@gatehouse/ai';
import type { HttpCache } from '@gatehouse/cache';
import type { BudgetLedger, Counters, KeptReplies } from '@gatehouse/counters';
import type { DirectoryReader } from '@gatehouse/directory';
import { TimerWheel, type ForwardOutcome, type HeadProblem, type ServerConnection } from '@gatehouse/http';
import { ERRORS, newRequestId, randomFrom, type Clock, type Logger, type Observation } from '@gatehouse/kernel';
import type { KeptBody } from '@gatehouse/policies';
import { bodyKey, observedLine, recordLine, type BodyKey, type RecordBatcher } from '@gatehouse/record';
import { EndpointRegistry } from '@gatehouse/upstream';
import { BodyRoom } from './body/body-room.ts';
import { Asker } from './asking/asker.ts';
import { ActiveExchanges } from './active-exchanges.ts';
import { SharedKeyMeter } from './ai/shared-key-meter.ts';
import type { GateExchange } from './exchange.ts';
import { exchangeLine, LOST } from './exchange-line.ts';
import { derivedSecret } from './gate-secret.ts';
import { sealedLine } from './body/sealed-line.ts';
import type { Origin } from './front/trusted-proxies.ts';
import { Pools } from './pools.ts';
import type { DirectoryPlace } from './stored-callers.ts';

export interface HouseOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly worker: number;
  /** Our name in `Via`: the same for all workers of an instance, different from other instances'. */
  readonly pseudonym: string;
  readonly counters: Counters;
  readonly kept: KeptReplies;
  readonly budgets: BudgetLedger;
  readonly records: Pick<RecordBatcher, 'add' | 'addSpare'>;
  readonly cache: HttpCache;
  /** Callers who are stored, and not in the configuration. */
  readonly directory: DirectoryReader;
  /** Of TLS sessions that callers resume; the same in all workers. */
  readonly ticketKeys: Uint8Array;
  /** 32 bytes that this gate keeps to itself; other secrets are derived from it. */
  readonly secret: Uint8Array;
  /** Tells the other workers of a provider's key that should be left alone. */
  readonly onRest?: (rest: Rest) => void;
}

/** Of one worker. */
const CACHE = { entriesMax: 10_000, bytesMax: 64 * 1024 ** 2, entryBytesMax: 1024 ** 2, waitMsMax: 60_000 };

function later(ms: number, run: () => void): () => void {
  const timer = setTimeout(run, ms);
  timer.unref();
  return () => clearTimeout(timer);
}

/** Of one worker; a body is held once more, or twice, on its way to a provider. */
const BODIES_BYTES_MAX = 512 * 1024 ** 2;

/** Pairs of address and authority whose lines are kept. */
const FORWARDING_MAX = 4096;

/** What one worker keeps while snapshots come and go: clocks, pools, estimates, counters, the way to the record. */
export class House {
  readonly clock: Clock;
  readonly log: Logger;
  readonly worker: number;
  readonly via: string;
  readonly counters: Counters;
  /** Replies of calls that must not be made twice. */
  readonly kept: KeptReplies;
  readonly budgets: BudgetLedger;
  readonly bodies = new BodyRoom(BODIES_BYTES_MAX);
  readonly wheel: TimerWheel;
  readonly pools: Pools;
  readonly secret: Uint8Array;
  readonly ticketKeys: Uint8Array;
  /** Where callers come in by TLS; known once it is listened there. */
  tlsPort = 0;
  /** Callers who are stored. */
  readonly directory: DirectoryPlace;
  /** Replies that all workers keep together. */
  readonly cache: HttpCache;
  /** What policies ask other servers by. */
  readonly asker: Asker;
  /** What policies keep over snapshots, by the names that they gave. */
  readonly policyStates = new Map<string, unknown>();
  readonly endpoints = new EndpointRegistry();
  readonly routing: RoutingMemory;
  /** Answers of models that may be given again. */
  readonly responses: ResponseCache;
  /** Questions that those answers are given to also in other words. */
  readonly questions = new SemanticMemory();
  readonly random = randomFrom(Math.floor(Math.random() * 2 ** 32));
  /** Exchanges under way: told to the record if this worker has to die. */
  readonly active = new ActiveExchanges<GateExchange>();
  readonly #records: Pick<RecordBatcher, 'add' | 'addSpare'>;
  #bodyKey: BodyKey | undefined;
  readonly #pseudonym: string;
  readonly #forwarding = new Map<string, Map<string, string>>();
  #forwardingCount = 0;

  constructor(options: HouseOptions) {
    this.clock = options.clock;
    this.log = options.log;
    this.worker = options.worker;
    this.counters = options.counters;
    this.kept = options.kept;
    this.responses = new ResponseCache(CACHE, { clock: options.clock, after: later });
    const { counters, clock, onRest } = options;
    this.routing = new RoutingMemory({
      meterOf: (identity, windowMs) => new SharedKeyMeter({ counters, clock, identity, windowMs }),
      ...(onRest !== undefined && { onRest }),
    });
    this.budgets = options.budgets;
    this.#records = options.records;
    this.#pseudonym = options.pseudonym;
    this.via = `1.1 ${options.pseudonym}`;
    this.wheel = new TimerWheel({ tickMs: 50, monotonic: options.clock.monotonic });
    this.pools = new Pools({ wheel: this.wheel, clock: options.clock, log: options.log });
    this.secret = options.secret;
    this.cache = options.cache;
    this.directory = { reader: options.directory };
    this.ticketKeys = options.ticketKeys;
    this.asker = new Asker(this);
  }

  /** RFC 9110 §7.6.3: a request that names us has come round. */
  isOwnVia(via: string | undefined): boolean {
    return via !== undefined && via.includes(this.#pseudonym);
  }

  /** Who asked for what, as upstreams are told; most requests of a worker come with the same few pairs. */
  forwardingLines(origin: Origin | undefined, { head, secure, remoteAddress }: ServerConnection): string {
    if (origin !== undefined) return this.#forwardedLines(origin);
    return this.#directLines(remoteAddress, head.authority, secure ? 'https' : 'http');
  }

  #directLines(ip: string, authority: string, proto: 'http' | 'https'): string {
    const from = proto === 'http' ? ip : `${ip} s`;
    const byAuthority = this.#forwarding.get(from) ?? new Map<string, string>();
    const known = byAuthority.get(authority);
    if (known !== undefined) return known;
    const lines = this.#forwardedLines({ ip, authority, proto, path: ip });
    if (this.#forwardingCount++ >= FORWARDING_MAX) {
      this.#forwarding.clear();
      this.#forwardingCount = 0;
    }
    byAuthority.set(authority, lines);
    this.#forwarding.set(from, byAuthority);
    return lines;
  }

  #forwardedLines({ ip, authority, proto, path }: Origin): string {
    return (
      `x-forwarded-for: ${path}\r\nx-forwarded-proto: ${proto}\r\nx-forwarded-host: ${authority}\r\n` +
      `forwarded: for=${ip.includes(':') ? `"[${ip}]"` : ip};host="${authority}";proto=${proto}\r\nvia: ${this.via}\r\n`
    );
  }

  record(exchange: GateExchange, outcome: ForwardOutcome): void {
    this.active.remove(exchange);
    const { ai, tab } = exchange;
    const line = exchangeLine(exchange, outcome, { worker: this.worker, nowMs: this.clock.monotonic(), ai });
    if (tab?.end(line) !== true) this.#records.add(line);
  }

  /** What a policy has seen of an exchange; where records wait already, it is not told. */
  observed(observation: Omit<Observation, 'worker'>): void {
    this.#records.addSpare(observedLine({ ...observation, worker: this.worker }));
  }

  /** False: there is no room for it. */
  keepBody(body: KeptBody): boolean {
    this.#bodyKey ??= bodyKey(derivedSecret(this.secret, 'bodies'));
    return this.#records.addSpare(sealedLine(body, { worker: this.worker, key: this.#bodyKey }));
  }

  /** A head that the engine refused by itself is an exchange too. */
  recordRefused(problem: HeadProblem, caller: ServerConnection, config: string): void {
    const time = this.clock.now();
    this.#records.add(
      recordLine({
        id: newRequestId(time),
        time,
        worker: this.worker,
        config,
        method: '',
        path: '',
        host: '',
        status: ERRORS[problem.code].status,
        code: problem.code,
        clientIp: caller.remoteAddress,
        bytesIn: 0,
        bytesOut: 0,
        durationMs: 0,
        gatewayMs: 0,
      }),
    );
  }

  /** This worker is lost: what was under way is recorded as such. */
  recordLost(): void {
    for (const exchange of this.active) {
      exchange.tab?.giveUp();
      this.record(exchange, LOST);
    }
  }
}
