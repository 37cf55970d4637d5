import { claimText } from '../claim-text.ts';
import { pathValue } from '../path-values.ts';
import type { Exchange } from '../policy.ts';

const PLACEHOLDER = /\{([^{}]*)\}/g;
const FACT = /^(?:subject|application|credential|plan|id|path|method|clientIp|(?:claim|header|param):[!-z|~]{1,200})$/;

/** What is wrong with a text to be set. */
export function valueProblem(text: string): string | undefined {
  for (const [, name = ''] of text.matchAll(PLACEHOLDER)) {
    if (!FACT.test(name))
      return 'names a fact that there is not, write {subject}, {application}, {credential}, {plan}, {id}, {method}, {path}, {clientIp}, {claim:NAME}, {header:NAME} or {param:NAME}';
  }
  return undefined;
}

/**
 * A value of the configuration for one call: facts are filled into texts. A text that is one fact and nothing else is
 * what the fact is, a claim with its type; undefined where there is no such fact.
 */
export function valueFor(written: unknown, exchange: Exchange): unknown {
  if (typeof written !== 'string') return written;
  const whole = /^\{([^{}]*)\}$/.exec(written)?.[1];
  if (whole !== undefined) return factOf(whole, exchange);
  return written.replaceAll(PLACEHOLDER, (_all, name: string) => textOf(factOf(name, exchange)));
}

function textOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** A segment as the caller meant it. */
function decoded(segment: string | undefined): string | undefined {
  try {
    return segment === undefined ? undefined : decodeURIComponent(segment);
  } catch {
    return segment;
  }
}

function factOf(name: string, exchange: Exchange): unknown {
  const { principal, request } = exchange;
  const colon = name.indexOf(':');
  const kind = colon < 0 ? name : name.slice(0, colon);
  const key = name.slice(colon + 1);
  switch (kind) {
    case 'claim':
      return principal === undefined || claimText(principal, key) === undefined ? undefined : principal.claims[key];
    case 'header':
      return request.header(key.toLowerCase());
    case 'param':
      return decoded(pathValue(key, exchange));
    case 'subject':
      return principal?.subject;
    case 'application':
      return principal?.application === '' ? undefined : principal?.application;
    case 'credential':
      return principal?.credential === '' ? undefined : principal?.credential;
    case 'plan':
      return principal?.plan;
    case 'id':
      return exchange.id;
    case 'method':
      return request.method;
    case 'clientIp':
      return request.clientIp;
    default:
      return request.path;
  }
}
