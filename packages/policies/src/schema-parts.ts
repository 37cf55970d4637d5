import { parseDuration, parseSize } from '@gatehouse/kernel';
import { Type, type Static, type TStringOptions } from 'typebox';
import { ipRange } from './ip-address.ts';
import { momentIn } from './moment.ts';
import { TOKEN } from './token.ts';

/**
 * A text with a check of its own. What is wrong is the predicate of a sentence, says what would be right, and does not
 * quote the text: whoever reads the configuration shows it with the place.
 */
export function checkedText(problem: (text: string) => string | undefined, options: TStringOptions) {
  return Type.Refine(
    Type.String(options),
    (text) => problem(text) === undefined,
    (text) => problem(text) ?? 'is right',
  );
}

interface FieldOptions {
  readonly description: string;
  readonly default?: string;
}

const DURATION_MS_MAX = 366 * 86_400_000;

export function duration(options: FieldOptions) {
  const problem = (text: string): string | undefined => {
    const ms = parseDuration(text);
    if (ms === undefined) return 'is not a duration, write one such as 250ms, 10s, 5m, 1h or 1d';
    return ms < 1 || ms > DURATION_MS_MAX ? 'is not a possible duration, write one from 1ms to 366d' : undefined;
  };
  return checkedText(problem, {
    title: 'a duration',
    pattern: String.raw`^\d+(\.\d+)?(ms|s|m|h|d)$`,
    examples: ['10s', '1m', '1h'],
    ...options,
  });
}

export function size(options: FieldOptions) {
  const problem = (text: string): string | undefined =>
    parseSize(text) === undefined ? 'is not a size, write one such as 512B, 64KiB or 10MB' : undefined;
  return checkedText(problem, {
    title: 'a size',
    pattern: String.raw`^\d+(\.\d+)?(B|KB|MB|GB|KiB|MiB|GiB)$`,
    examples: ['64KiB', '10MB'],
    ...options,
  });
}

/** `momentIn` reads it. */
export function moment(description: string) {
  const problem = (text: string): string | undefined =>
    momentIn(text) === undefined ? 'is not a date, write one such as 2026-11-30 or 2026-11-30T12:00:00Z' : undefined;
  return checkedText(problem, { title: 'a date', examples: ['2026-11-30', '2026-11-30T12:00:00Z'], description });
}

/** `rangesOf` reads a list of them. */
export const network = checkedText(
  (text) =>
    ipRange(text) === undefined
      ? 'is not a network, write one such as 10.0.0.0/8, 2001:db8::/32 or 192.0.2.7'
      : undefined,
  { title: 'a network', examples: ['10.0.0.0/8', '2001:db8::/32', '192.0.2.7'] },
);

/** A part of all calls; `fraction` reads it. */
export function share(options: FieldOptions) {
  const problem = (text: string): string | undefined =>
    SHARE.test(text) ? undefined : 'is not a share, write one from 0% to 100%, such as 5% or 0.1%';
  return checkedText(problem, { title: 'a share', pattern: SHARE.source, examples: ['5%', '0.1%'], ...options });
}

const SHARE = /^(100(\.0+)?|\d{1,2}(\.\d{1,4})?)%$/;

/** Who shares a count; `countSubject` reads it. */
export function sharedBy(description: string) {
  return Type.Union(
    [
      Type.Enum(['application', 'credential', 'subject', 'ip', 'route']),
      Type.String({ title: 'header:NAME', pattern: `^header:${TOKEN}$` }),
      Type.String({ title: 'claim:NAME', pattern: '^claim:[!-~]{1,200}$' }),
    ],
    { description },
  );
}

const COST_MAX = 1e9;
const weights = (title: string, pattern: string, description: string) =>
  Type.Record(Type.String(), Type.Integer({ minimum: 1, maximum: COST_MAX }), {
    title,
    propertyNames: Type.String({ pattern }),
    default: {},
    description,
  });

/** What one call uses; `callCost` reads it. */
export function costPart(options: { readonly description: string; readonly default?: number }) {
  const one = { minimum: 1, maximum: COST_MAX };
  const stated = Type.Object(
    {
      default: Type.Integer({ ...one, default: 1, description: 'Units of a call of which nothing else is said.' }),
      max: Type.Integer({ ...one, default: 100, description: 'Most units that a field or a claim may say.' }),
      header: Type.Optional(
        Type.String({ pattern: `^${TOKEN}$`, description: 'Request field that says the units, such as x-cost.' }),
      ),
      claim: Type.Optional(Type.String({ minLength: 1, description: 'Claim of the token that says the units.' })),
      methods: weights('units by method', '^[A-Z]{1,20}$', 'Units of calls with these methods.'),
      routes: weights(
        'units by route',
        '^([A-Z]{1,20}|\\*) \\/',
        'Units of calls of these routes, such as `GET /users`.',
      ),
    },
    { additionalProperties: false, title: 'units by what a call is' },
  );
  return Type.Union([Type.Integer(one), stated], options);
}

/** The most that a call may use whose cost does not depend on the caller. */
export function fixedCostMax(cost: Static<ReturnType<typeof costPart>>): number {
  if (typeof cost === 'number') return cost;
  return Math.max(cost.default, ...Object.values(cost.methods), ...Object.values(cost.routes));
}

/** How far clocks may be apart; `milliseconds` reads it. */
export function leeway(options: FieldOptions) {
  const problem = (text: string): string | undefined => {
    const ms = parseDuration(text);
    if (ms === undefined) return 'is not a duration, write one such as 0s, 30s or 1m';
    return ms > 600_000 ? 'is not a possible leeway, write one from 0s to 10m' : undefined;
  };
  const pattern = String.raw`^\d+(\.\d+)?(ms|s|m)$`;
  return checkedText(problem, { title: 'a duration', pattern, examples: ['30s', '1m'], ...options });
}

const place = (description: string) => Type.Optional(Type.String({ pattern: `^${TOKEN}$`, description }));

/** Where a token stands; `TokenReader` reads it. */
export const tokenPlaces = Type.Object(
  {
    header: place('The field; of `authorization` what is behind `Bearer`.'),
    cookie: place('The cookie.'),
    query: place('The parameter of the query. Others may see it, in logs and histories.'),
  },
  {
    additionalProperties: false,
    minProperties: 1,
    default: { header: 'authorization' },
    description: 'Where the token stands; of several places the first that has one.',
  },
);

/** Who is asked by its address; see `isPrivateUrl`. */
export function serverUrl(description: string) {
  const problem = (text: string): string | undefined => {
    if (!URL.canParse(text)) return 'is not a URL, write one such as https://id.example.com';
    const url = new URL(text);
    if (url.username !== '' || url.hash !== '') return 'holds a user or a fragment, leave them out';
    return url.protocol === 'https:' || url.protocol === 'http:' ? undefined : 'is neither https nor http';
  };
  return checkedText(problem, { title: 'a URL', maxLength: 512, pattern: '^[!-~]+$', description });
}

/** Nobody may change on its way what stands there: over TLS, or on this machine. */
export function isPrivateUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/.test(hostname);
}

export const allowHttp = Type.Boolean({
  default: false,
  description: 'Lets servers be asked without TLS that are not on this machine.',
});
