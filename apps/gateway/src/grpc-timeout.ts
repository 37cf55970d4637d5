const UNITS_MS: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
/** The most that eight digits of milliseconds say. */
const MS_MAX = 99_999_999;

/** `grpc-timeout` in ms ("gRPC over HTTP/2", Timeout); undefined when it is absent or not valid. */
export function grpcTimeoutMs(text: string | undefined): number | undefined {
  const [, digits, unit = ''] = /^(\d{1,8})([HMSmun])$/.exec(text ?? '') ?? [];
  const unitMs = UNITS_MS[unit];
  return digits === undefined || unitMs === undefined ? undefined : Number(digits) * unitMs;
}

/** What is left, for the next hop; never nothing, which would be no timeout. */
export function grpcTimeoutText(ms: number): string {
  if (ms > MS_MAX) return `${Math.min(99_999_999, Math.ceil(ms / 1000))}S`;
  return `${Math.max(1, Math.floor(ms))}m`;
}
