import http from 'node:http';
import https from 'node:https';
import { isIP } from 'node:net';
import type { FetchPlace, FetchProblem, FetchRules } from './fetch-rules.ts';

export interface Fetched {
  readonly bytes: Buffer;
  /** What the server calls it; undefined: it does not say. */
  readonly contentType: string | undefined;
}

export interface FetchOptions {
  readonly rules: FetchRules;
  /** Of all that is fetched on one errand; goes down as bytes come. */
  readonly allowance: { bytesLeft: number };
  readonly signal: AbortSignal;
  readonly userAgent: string;
  /** Who may vouch for servers, instead of those whom Node trusts. */
  readonly ca?: string | undefined;
}

/** Rather few: what moved has moved once. */
const REDIRECTS_MAX = 3;
const HEAD_BYTES_MAX = 16 * 1024;

/**
 * Fetches what somebody named, from the very machine that was judged; each redirect is a new address, and judged like
 * the first.
 */
export async function fetchOutside(text: string, options: FetchOptions): Promise<Fetched | FetchProblem> {
  const { rules, signal } = options;
  let url = rules.read(text);
  for (let redirects = 0; ; redirects++) {
    if ('problem' in url) return url;
    if (redirects > REDIRECTS_MAX) return { problem: 'redirects too often' };
    const place = await Promise.race([rules.place(url, signal), aborted(signal)]);
    if ('problem' in place) return redirects === 0 ? place : redirected(place);
    const reply = await get(place, options);
    if (!('location' in reply)) return reply;
    const next = rules.read(reply.location, url);
    url = 'problem' in next ? redirected(next) : next;
  }
}

const TOO_LATE: FetchProblem = { problem: 'takes too long' };

/** Whoever looks names up may not listen. */
async function aborted(signal: AbortSignal): Promise<FetchProblem> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve(TOO_LATE);
    else signal.addEventListener('abort', () => resolve(TOO_LATE), { once: true });
  });
}

function redirected(to: FetchProblem): FetchProblem {
  return to === TOO_LATE ? to : { problem: `redirects to what ${to.problem}` };
}

interface Redirect {
  readonly location: string;
}

async function get(place: FetchPlace, options: FetchOptions): Promise<Fetched | Redirect | FetchProblem> {
  return new Promise((resolve) => {
    const request = requestTo(place, options);
    const end = (outcome: Fetched | Redirect | FetchProblem): void => {
      resolve(outcome);
      request.destroy();
    };
    // What Node says here may name the address behind the name.
    const fails = (problem: string) => () => end(options.signal.aborted ? TOO_LATE : { problem });
    request.on('error', fails('cannot be reached'));
    // Unheard, it would end the request without a word; heard, its socket is ours.
    request.on('upgrade', (_reply, socket) => {
      socket.destroy();
      end({ problem: 'answers with 101' });
    });
    request.on('response', (reply) => {
      reply.on('error', fails('breaks off'));
      const verdict = judged(reply, options.allowance.bytesLeft);
      if (verdict !== undefined) end(verdict);
      else read(reply, options.allowance, end);
    });
    request.end();
  });
}

/** To that very machine, by the name that was written. */
function requestTo({ url, address }: FetchPlace, { signal, ca, userAgent }: FetchOptions): http.ClientRequest {
  const named = isIP(url.hostname.replace(/^\[|\]$/g, '')) === 0;
  const common = {
    host: address,
    port: url.port === '' ? undefined : Number(url.port),
    path: url.pathname + url.search,
    agent: false,
    signal,
    maxHeaderSize: HEAD_BYTES_MAX,
    headers: { host: url.host, accept: '*/*', 'accept-encoding': 'identity', 'user-agent': userAgent },
  } as const;
  if (url.protocol === 'http:') return http.request(common);
  const servername = named ? { servername: url.hostname.replace(/\.$/, '') } : {};
  return https.request({ ...common, ...servername, ...(ca !== undefined && { ca }) });
}

/** What the head says already; undefined: its body is wanted. */
function judged(reply: http.IncomingMessage, bytesLeft: number): Redirect | FetchProblem | undefined {
  const { statusCode = 0, headers } = reply;
  if (REDIRECTS.has(statusCode)) {
    return headers.location === undefined ? { problem: 'redirects to nowhere' } : { location: headers.location };
  }
  if (statusCode !== 200) return { problem: `answers with ${statusCode}` };
  // A few bytes may unfold into gigabytes, and nobody was asked for a coding.
  if ((headers['content-encoding'] ?? 'identity') !== 'identity') return { problem: 'is compressed' };
  return Number(headers['content-length'] ?? 0) > bytesLeft ? TOO_LARGE : undefined;
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const TOO_LARGE: FetchProblem = { problem: 'is too large' };

function read(
  reply: http.IncomingMessage,
  allowance: FetchOptions['allowance'],
  end: (outcome: Fetched | FetchProblem) => void,
): void {
  const pieces: Buffer[] = [];
  reply.on('data', (piece: Buffer) => {
    allowance.bytesLeft -= piece.length;
    if (allowance.bytesLeft < 0) end(TOO_LARGE);
    else pieces.push(piece);
  });
  reply.on('end', () => end({ bytes: Buffer.concat(pieces), contentType: reply.headers['content-type'] }));
}
