import { hash32 } from '@gatehouse/kernel';
import { cookieValue } from '../cookie-value.ts';
import { countSubject } from '../count-subject.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Exchange } from '../policy.ts';

const OWN = 'gatehouse-canary';
const OWN_VALUE = /^[\w-]{1,64}$/;

/**
 * A place from 0 to 1 that a caller keeps: whoever is below the weight goes to the canary, so raising it moves callers
 * one way only. Another place for each upstream, so that the second canary does not get those that the first leaves over.
 */
export function pointOf(subject: string, upstream: string): number {
  return (hash32(`${upstream}\n${subject}`) >>> 0) / 2 ** 32;
}

/** Who is to stay where it is; undefined for a caller that shows nothing to know it by. */
export function subjectOf(by: string): (exchange: Exchange) => string | undefined {
  if (by === 'cookie') return ownId;
  if (by.startsWith('cookie:')) {
    const name = by.slice('cookie:'.length);
    return ({ request }) => cookieValue(request.header('cookie'), name);
  }
  if (by.startsWith('header:')) {
    const name = by.slice('header:'.length).toLowerCase();
    return ({ request }) => request.header(name);
  }
  return countSubject(by);
}

/** Sets the gate's own cookie where there is none; for all canaries of a call the same. */
export function ownCookie(maxAge: string): (exchange: Exchange) => void {
  const seconds = Math.ceil(milliseconds(maxAge) / 1000);
  const attributes = `Max-Age=${seconds}; Path=/; HttpOnly; SameSite=Lax`;
  return (exchange) => {
    if (shownId(exchange) !== undefined) return;
    const line = `${OWN}=${ownId(exchange)}; ${attributes}`;
    if (!exchange.replyHeaders.lines.includes(`set-cookie: ${OWN}=`)) exchange.replyHeaders.add('set-cookie', line);
  };
}

function shownId({ request }: Exchange): string | undefined {
  const shown = cookieValue(request.header('cookie'), OWN);
  return shown !== undefined && OWN_VALUE.test(shown) ? shown : undefined;
}

/** A caller without one is known by the first request that it makes. */
function ownId(exchange: Exchange): string {
  return shownId(exchange) ?? (hash32(exchange.id) >>> 0).toString(36);
}
