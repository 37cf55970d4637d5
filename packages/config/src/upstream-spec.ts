export type Balance = 'round-robin' | 'random' | 'least-requests' | 'peak-ewma' | 'consistent-hash';

export interface UpstreamSpec {
  readonly name: string;
  readonly balance: Balance;
  readonly endpoints: readonly EndpointSpec[];
  readonly health: HealthSpec | undefined;
  readonly timeouts: TimeoutSpec;
  readonly retries: RetrySpec;
  readonly ejection: EjectionSpec;
  /** What `consistent-hash` goes by; absent for all others. */
  readonly hash?: HashSpec;
  /** Absent: an endpoint that is new gets its whole share at once. */
  readonly slowStart?: SlowStartSpec;
  /**
   * Below this share of endpoints that are well, 0 to 1, nobody's health counts. Absent: below a half, ejections do
   * not count, while what active checks call down stays out.
   */
  readonly panicShare?: number;
  readonly breaker?: BreakerSpec;
  readonly hedge?: HedgeSpec;
  /** Endpoints that are looked up: the main thread adds them to `endpoints` before workers see the snapshot. */
  readonly discovery?: readonly DiscoverySpec[];
}

export interface HashSpec {
  readonly by: 'ip' | 'path' | 'application' | 'header' | 'cookie' | 'query';
  /** Of the header (lower case), the cookie or the parameter; '' for the others. */
  readonly name: string;
  /** An endpoint that has more than so many times its share in flight is passed over. */
  readonly loadFactor: number;
}

export interface SlowStartSpec {
  readonly windowMs: number;
  readonly aggression: number;
}

/** Passive health: shares are 0 to 1, a count of 0 turns its rule off. */
export interface EjectionSpec {
  /** Replies of 502, 503 or 504 in a row. */
  readonly consecutive: number;
  /** Tries in a row that brought no reply: not connected, broken off, too slow. */
  readonly consecutiveLocal: number;
  /** Of the rule of success rates, and of forgiving. */
  readonly intervalMs: number;
  readonly baseMs: number;
  readonly maxMs: number;
  readonly maxShare: number;
  readonly failures: { readonly share: number; readonly minRequests: number };
  readonly successRate: { readonly stdevs: number; readonly minEndpoints: number; readonly minRequests: number };
}

export interface BreakerSpec {
  /** 0 to 1. */
  readonly errorShare: number;
  readonly minRequests: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly probes: number;
}

/** When a second try is sent beside a first that is slow. */
export type HedgeSpec =
  | { readonly kind: 'after'; readonly afterMs: number }
  /** `quantile` of the latencies of late, 0 to 1. */
  | { readonly kind: 'quantile'; readonly quantile: number };

export interface DiscoverySpec {
  readonly name: string;
  readonly type: 'A' | 'AAAA' | 'SRV' | 'auto';
  readonly everyMs: number;
  /** SRV brings its own. */
  readonly port: number;
  readonly tls: boolean;
  /** Host as endpoints see it. */
  readonly authority: string;
  readonly basePath: string;
  readonly weight: number;
  readonly http2?: 'h2' | 'auto';
  readonly tlsWith?: UpstreamTlsSpec;
}

/** How TLS is spoken, where anything of it is not as by default. */
export interface UpstreamTlsSpec {
  /** Another one for other settings: connections are kept by it. */
  readonly id: string;
  readonly verify: boolean;
  /** Authorities in place of the system's. */
  readonly ca?: string;
  /** What is shown to those who ask, with its chain. */
  readonly cert?: string;
  readonly key?: string;
  /** Whom the certificate must name, in place of all else. */
  readonly serverName?: string;
  readonly minVersion?: 'TLSv1.3';
}

export interface EndpointSpec {
  /** `scheme://host:port` in lower case: the identity that runtime state hangs on across snapshots. */
  readonly id: string;
  readonly tls: boolean;
  readonly host: string;
  readonly port: number;
  /** What the upstream sees as Host: `host`, with `:port` unless it is the scheme's own. */
  readonly authority: string;
  /** Path prefix of the target URL without a trailing slash; '' for none. */
  readonly basePath: string;
  readonly weight: number;
  /** HTTP/2 alone, or what ALPN comes to; HTTP/1.1 when left out. */
  readonly http2?: 'h2' | 'auto';
  /** Whom its certificate must name, where `host` is an address that was looked up. */
  readonly serverName?: string;
  readonly tlsWith?: UpstreamTlsSpec;
}

export interface HealthSpec {
  readonly path: string;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  readonly unhealthyAfter: number;
  readonly healthyAfter: number;
}

export interface TimeoutSpec {
  readonly connectMs: number;
  /** From the last request byte sent to the first reply byte. */
  readonly firstByteMs: number;
  /** Silence inside a reply or a request body. */
  readonly idleMs: number;
  /** From the first try to the last byte of the reply, all tries together; absent: no bound. */
  readonly totalMs?: number | undefined;
  /** Header, in lower case, that tells upstreams how many ms are left of it. */
  readonly header?: string;
}

export type RetryCause = 'connect' | 'reset' | 'timeout' | 502 | 503 | 504 | 429 | 500;

export interface RetrySpec {
  /** Further tries after the first; 0 turns retries off. */
  readonly attempts: number;
  readonly on: readonly RetryCause[];
  /** Share of requests that may be retries, 0 to 1. */
  readonly budget: number;
}
