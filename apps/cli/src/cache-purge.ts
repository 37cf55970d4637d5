import { createHash, timingSafeEqual } from 'node:crypto';
import type http from 'node:http';
import type { CachePurge } from '@gatehouse/gateway';

const BODY_BYTES_MAX = 10_000;

export interface PurgeAnswer {
  readonly status: number;
  readonly body: string;
}

/**
 * `POST /cache/purge` on the status port: `{"url": …}`, `{"prefix": …}` or `{"tag": …}` as JSON, from whoever shows the
 * administrator's token. Without a token nobody may.
 */
export async function purgeBy(
  request: http.IncomingMessage,
  { token, purge }: { readonly token: string | undefined; readonly purge: (what: CachePurge) => number | undefined },
): Promise<PurgeAnswer> {
  if (request.method !== 'POST') return { status: 405, body: 'only POST\n' };
  if (token === undefined || token === '') {
    return { status: 403, body: 'start the gate with GATEHOUSE_ADMIN_TOKEN, and show that token\n' };
  }
  if (!isToken(request.headers.authorization, token))
    return { status: 401, body: 'show GATEHOUSE_ADMIN_TOKEN as Authorization: Bearer\n' };
  const what = await purgeIn(request);
  if (what === undefined) return { status: 400, body: 'send {"url": …}, {"prefix": …} or {"tag": …} as JSON\n' };
  const purged = purge(what);
  if (purged === undefined) return { status: 503, body: 'starting\n' };
  return { status: 200, body: `${JSON.stringify({ purged })}\n` };
}

/** In a time that tells nothing of the token. */
function isToken(authorization: string | undefined, token: string): boolean {
  const shown = /^Bearer (.+)$/i.exec(authorization ?? '')?.[1] ?? '';
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(shown), digest(token));
}

async function purgeIn(request: http.IncomingMessage): Promise<CachePurge | undefined> {
  let text = '';
  for await (const piece of request) {
    text += String(piece);
    if (text.length > BODY_BYTES_MAX) return undefined;
  }
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof body !== 'object' || body === null) return undefined;
  const [entry, ...more] = Object.entries(body);
  if (entry === undefined || more.length > 0) return undefined;
  const [kind, value]: [string, unknown] = entry;
  if (typeof value !== 'string' || value === '') return undefined;
  if (kind === 'url') return { url: value };
  if (kind === 'prefix') return { prefix: value };
  return kind === 'tag' ? { tag: value } : undefined;
}
