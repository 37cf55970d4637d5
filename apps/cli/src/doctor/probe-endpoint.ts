import { promises as dns } from 'node:dns';
import net from 'node:net';
import tls from 'node:tls';
import { checkServerIdentity } from '@gatehouse/kernel';
import { connectProblem, tlsProblem } from './connect-problem.ts';
import { dateIn, readHead, type ClockReading } from './http-date.ts';
import { sideBySide } from './side-by-side.ts';
import type { Target } from './targets.ts';

export interface Probed {
  readonly target: Target;
  /** Until it could be asked something. */
  readonly tookMs: number;
  /** What is wrong and what to do. */
  readonly problem: string | undefined;
  /** Of its certificate, ms since the epoch. */
  readonly validUntilMs: number | undefined;
  /** By the `Date` of its reply. */
  readonly clock: ClockReading | undefined;
}

const AT_ONCE = 16;
const PROBE_MS = 3000;

export interface Probing {
  readonly nowMs: () => number;
  /** What one may take in all. */
  readonly withinMs?: number;
}

/** Asks all, not too many at once. */
export async function probeAll(targets: readonly Target[], probing: Probing): Promise<readonly Probed[]> {
  return sideBySide(targets, AT_ONCE, async (target) => probe(target, probing));
}

async function probe(target: Target, { nowMs, withinMs = PROBE_MS }: Probing): Promise<Probed> {
  const begunMs = performance.now();
  const signal = AbortSignal.timeout(withinMs);
  const state = { target, validUntilMs: undefined, clock: undefined };
  try {
    const socket = await connected(target, signal);
    const tookMs = performance.now() - begunMs;
    const shown = socket instanceof tls.TLSSocket ? certificateState(socket, target) : {};
    const isHttp1 = target.http2 !== 'h2' && !(socket instanceof tls.TLSSocket && socket.alpnProtocol === 'h2');
    const clock = isHttp1 && shown.problem === undefined ? await clockOf(socket, { target, nowMs, signal }) : undefined;
    socket.destroy();
    return { ...state, problem: undefined, tookMs, clock, ...shown };
  } catch (error) {
    return { ...state, tookMs: performance.now() - begunMs, problem: connectProblem(error, target) };
  }
}

async function connected(target: Target, signal: AbortSignal): Promise<net.Socket> {
  const address = await addressOf(target.host, signal);
  const plain = net.connect({ host: address, port: target.port });
  await opened(plain, { event: 'connect', signal });
  if (!target.tls) return plain;
  const secure = tls.connect({ socket: plain, ...tlsOptions(target) });
  await opened(secure, { event: 'secureConnect', signal });
  return secure;
}

async function addressOf(host: string, signal: AbortSignal): Promise<string> {
  const bare = host.replace(/^\[(.*)\]$/, '$1');
  if (net.isIP(bare) !== 0) return bare;
  const late = Promise.withResolvers<never>();
  const onAbort = (): void => late.reject(signal.reason);
  signal.addEventListener('abort', onAbort);
  try {
    return await Promise.race([dns.lookup(bare).then(({ address }) => address), late.promise]);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** Resolves at the event; the socket is gone in every other case. */
async function opened(socket: net.Socket, { event, signal }: { event: string; signal: AbortSignal }): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onAbort = (): void => reject(signal.reason);
  socket.once('error', reject);
  socket.once('close', () => reject(new Error('closed')));
  socket.once(event, resolve);
  signal.addEventListener('abort', onAbort);
  try {
    await promise;
  } catch (error) {
    socket.on('error', () => undefined).destroy();
    throw error;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}

/** As requests speak TLS, but what is wrong with the certificate is looked at instead of ending the connection. */
function tlsOptions({ host, serverName, tlsWith, http2 }: Target): tls.ConnectionOptions {
  const { ca, cert, key, minVersion = 'TLSv1.2' } = tlsWith ?? {};
  const name = tlsWith?.serverName ?? serverName ?? host;
  return {
    rejectUnauthorized: false,
    checkServerIdentity: (_, certificate) => checkServerIdentity(name, certificate),
    minVersion,
    ...(net.isIP(name) === 0 && { servername: name }),
    ...(http2 !== undefined && { ALPNProtocols: http2 === 'h2' ? ['h2'] : ['h2', 'http/1.1'] }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}

function certificateState(socket: tls.TLSSocket, target: Target): Partial<Probed> {
  const { valid_to: validTo, subjectaltname: names = '' } = socket.getPeerCertificate();
  const validUntilMs = Date.parse(validTo);
  const state = Number.isNaN(validUntilMs) ? {} : { validUntilMs };
  if (socket.authorized || target.tlsWith?.verify === false) return state;
  return { ...state, problem: tlsProblem(socket.authorizationError, { target, names, validTo }) };
}

interface Asking {
  readonly target: Target;
  readonly nowMs: () => number;
  readonly signal: AbortSignal;
}

/** One that does not answer `HEAD` in time is no worse for it: nothing is known of its clock then. */
async function clockOf(socket: net.Socket, { target, nowMs, signal }: Asking): Promise<ClockReading | undefined> {
  const askedMs = nowMs();
  socket.on('error', () => undefined);
  socket.write(
    `HEAD ${target.path} HTTP/1.1\r\nhost: ${target.authority}\r\nuser-agent: gatehouse-doctor\r\nconnection: close\r\n\r\n`,
  );
  const head = await readHead(socket, signal);
  return dateIn(head, { askedMs, answeredMs: nowMs() });
}
