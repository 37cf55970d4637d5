import { claimText } from './claim-text.ts';
import { ipKey } from './ip-address.ts';
import type { Exchange, Principal } from './policy.ts';

export type SubjectOf = (exchange: Exchange) => string;

/**
 * Whose count it is, by what `by` of a configuration says. Kinds begin with letters of their own, so that an application
 * named like an address is another subject.
 */
export function countSubject(by: string): SubjectOf {
  switch (by) {
    case 'application':
      return ({ principal, request }) =>
        principal !== undefined && principal.application !== ''
          ? `a${principal.application}`
          : somebody(principal, request);
    case 'credential':
      return ({ principal, request }) =>
        principal !== undefined && principal.application !== ''
          ? `c${principal.application}\n${principal.credential}`
          : somebody(principal, request);
    case 'subject':
      return ({ principal, request }) =>
        principal !== undefined && principal.subject === undefined && principal.application !== ''
          ? `c${principal.application}\n${principal.credential}`
          : somebody(principal, request);
    case 'ip':
      return ({ request }) => address(request);
    case 'route':
      return ({ route }) => `r${route.id}`;
    default:
      return by.startsWith('claim:') ? claim(by.slice('claim:'.length)) : header(by.slice('header:'.length));
  }
}

function header(name: string): SubjectOf {
  const field = name.toLowerCase();
  return ({ request }) => `h${request.header(field) ?? ''}`;
}

function claim(name: string): SubjectOf {
  return ({ principal }) => `m${principal === undefined ? '' : (claimText(principal, name) ?? '')}`;
}

/** Who is known to an issuer by its own name: two issuers may give the same to different people. */
function somebody(principal: Principal | undefined, request: Exchange['request']): string {
  if (principal?.subject === undefined) return address(request);
  return `s${principal.method}\n${claimText(principal, 'iss') ?? ''}\n${principal.subject}`;
}

/** An IPv6 caller owns at least a /64, so all of it is one caller. */
function address(request: Exchange['request']): string {
  const key = ipKey(request.clientIp) ?? request.clientIp;
  return `i${key.length === 8 ? key.slice(0, 4) : key}`;
}
