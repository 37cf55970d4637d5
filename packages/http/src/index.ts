export type { CallTap } from './call-tap.ts';
export { HeaderEdits, headerLine } from './header-edits.ts';
export { AMBIGUITY, canonicalPath, canonicalTarget, NEVER_ALLOWED, type CanonicalTarget } from './target.ts';
export { ChunkedDecoder, type BodySink } from './chunked-decoder.ts';
export { httpDate } from './http-date.ts';
export { FIELD, type KnownName } from './field-names.ts';
export { Fields } from './fields.ts';
export { forwardedFields } from './forwarded-fields.ts';
export { RequestHead, type Framing, type HeadLimits, type HeadProblem } from './request-head.ts';
export { ReplyHead } from './reply-head.ts';
export { Timer, TimerWheel } from './timer-wheel.ts';
export {
  acceptWire,
  connectWire,
  guarded,
  SocketWire,
  streamWire,
  type Destination,
  type Transport,
  type Wire,
  type WireEvents,
} from './wire.ts';
export {
  SERVER_LIMITS,
  ServerConnection,
  type RequestEvents,
  type ServerEvents,
  type ServerLimits,
} from './server-connection.ts';
export { forwardedHops, xForwardedHops, type ForwardedHop } from './forwarded.ts';
export { readProxyHeader, type ProxyHeader } from './proxy-protocol.ts';
export type { CourseHead, ReplyCourse, ReplyWriter } from './reply-course.ts';
export { ClientConnection, type ClientTimeouts, type ReplyEvents, type UpstreamFailure } from './client-connection.ts';
export { Pool, type PoolOptions } from './pool.ts';
export {
  Forward,
  isIdempotent,
  type ForwardHost,
  type ForwardOutcome,
  type Leg,
  type LegResult,
  type LegTimes,
} from './forward.ts';
export { serveHttp2, type Http2FrontOptions, type Http2FrontSession } from './h2/front-session.ts';
export { HTTP2_LIMITS, type Http2Limits } from './h2/session-budget.ts';
