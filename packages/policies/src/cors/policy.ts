import type { HeaderEdits } from '@gatehouse/http';
import { definePolicy } from '../define-policy.ts';
import type { Exchange } from '../policy.ts';
import { milliseconds } from '../parsed-units.ts';
import { TOKEN_CHAR } from '../token.ts';
import type { Config } from './schema.ts';

export const cors = definePolicy({
  name: 'cors',
  stage: 'guard',
  build(config: Config) {
    const allows = originMatcher(config.origins);
    const anyOrigin = config.origins.includes('*');
    const shared = sharedFields(config);
    const preflight = preflightFields(config);
    return {
      onRequest(exchange) {
        const origin = exchange.request.header('origin');
        const allowed = origin !== undefined && allows(origin);
        const grant: Fields = allowed ? [[ALLOW_ORIGIN, anyOrigin ? '*' : origin], ...shared] : [];
        if (isPreflight(exchange)) {
          const answer = allowed ? [...grant, ...preflight(exchange)] : [];
          return { status: 204, headers: [['vary', PREFLIGHT_VARY], ...answer], body: '' };
        }
        // Refusals carry them too, or a page could not read why it was refused.
        replaceFields(exchange.replyHeaders, grant);
        if (!anyOrigin) exchange.replyHeaders.add('vary', 'Origin');
        return undefined;
      },
    };
  },
});

type Fields = readonly (readonly [string, string])[];

const ALLOW_ORIGIN = 'access-control-allow-origin';
const ALLOW_CREDENTIALS = 'access-control-allow-credentials';
const EXPOSE_HEADERS = 'access-control-expose-headers';
const ALLOW_METHODS = 'access-control-allow-methods';
const ALLOW_HEADERS = 'access-control-allow-headers';
const MAX_AGE = 'access-control-max-age';
/** The gate alone answers for these; two opinions in one reply make a browser refuse it. */
const OURS = [ALLOW_ORIGIN, ALLOW_CREDENTIALS, EXPOSE_HEADERS, ALLOW_METHODS, ALLOW_HEADERS, MAX_AGE];

const DEFAULT_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'];
const PREFLIGHT_VARY = 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers';
/** Names with commas between them; bounded, because it comes back in the answer. */
const NAME_LIST = new RegExp(`^${TOKEN_CHAR}{1,64}(?:[ \\t]*,[ \\t]*${TOKEN_CHAR}{1,64}){0,63}$`);

/** Fields of every reply to an allowed origin. */
function sharedFields(config: Config): Fields {
  const fields: [string, string][] = [];
  if (config.credentials) fields.push([ALLOW_CREDENTIALS, 'true']);
  if (config.exposeHeaders.length > 0) fields.push([EXPOSE_HEADERS, config.exposeHeaders.join(', ')]);
  return fields;
}

/** Fields of an answer to a preflight. */
function preflightFields(config: Config): (exchange: Exchange) => Fields {
  const methods = config.methods.length === 0 ? DEFAULT_METHODS : config.methods;
  const seconds = Math.floor(milliseconds(config.maxAge) / 1000);
  const fixed: Fields = [
    [ALLOW_METHODS, methods.join(', ')],
    [MAX_AGE, String(seconds)],
  ];
  const headers = config.headers.join(', ');
  return ({ request }) => {
    if (headers !== '') return [...fixed, [ALLOW_HEADERS, headers]];
    const asked = request.header('access-control-request-headers') ?? '';
    return NAME_LIST.test(asked) ? [...fixed, [ALLOW_HEADERS, asked]] : fixed;
  };
}

function isPreflight({ request }: Exchange): boolean {
  return (
    request.method === 'OPTIONS' &&
    request.header('origin') !== undefined &&
    request.header('access-control-request-method') !== undefined
  );
}

function replaceFields(edits: HeaderEdits, fields: Fields): void {
  for (const name of OURS) edits.remove(name);
  for (const [name, value] of fields) edits.add(name, value);
}

function originMatcher(origins: readonly string[]): (origin: string) => boolean {
  if (origins.includes('*')) return () => true;
  const written = origins.map((origin) => asBrowsersWrite(origin));
  const exact = new Set(written.filter((origin) => !origin.includes('*')));
  const below = written.filter((origin) => origin.includes('*')).map((origin) => origin.split('*'));
  return (origin) => exact.has(origin) || below.some(([start = '', end = '']) => isBelow(origin, start, end));
}

/** In lower case and without the scheme's own port (RFC 6454 §6.2). */
function asBrowsersWrite(origin: string): string {
  const lower = origin.toLowerCase();
  const ownPort = lower.startsWith('http:') ? ':80' : ':443';
  return /^https?:/.test(lower) && lower.endsWith(ownPort) ? lower.slice(0, -ownPort.length) : lower;
}

/** Is what stands in place of the `*` one or more labels? */
function isBelow(origin: string, start: string, end: string): boolean {
  if (origin.length <= start.length + end.length || !origin.startsWith(start) || !origin.endsWith(end)) return false;
  return /^[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(origin.slice(start.length, -end.length));
}
