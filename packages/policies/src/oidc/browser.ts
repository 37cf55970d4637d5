import type { Exchange } from '../policy.ts';
import type { Config } from './schema.ts';
import { SealedCookie } from './sealed-cookie.ts';

/** What a browser keeps for us, and how it reaches us. */
export class Browser {
  readonly session: SealedCookie;
  readonly attempts: SealedCookie;
  readonly #publicUrl: string | undefined;

  constructor(
    { issuer, clientId, cookie, publicUrl, parameters, scopes }: Config,
    secret: (purpose: string) => Buffer,
  ) {
    const { name, domain, sameSite } = cookie;
    const shared = { domain, key: secret('oidc cookies') };
    // A login that asked for less is none here.
    const asked = Object.entries(parameters).toSorted(([a], [b]) => (a < b ? -1 : 1));
    const whose = [issuer, clientId, name, asked, scopes.toSorted()];
    this.session = new SealedCookie({ ...shared, name, sameSite, purpose: JSON.stringify(['session', ...whose]) });
    // The provider sends people back from its own site: a strict cookie would stay away.
    const login = { name: `${name}_login`, sameSite: 'lax', purpose: JSON.stringify(['login', ...whose]) } as const;
    this.attempts = new SealedCookie({ ...shared, ...login });
    this.#publicUrl = publicUrl?.replace(/\/$/, '');
  }

  origin({ request }: Exchange): string {
    return this.#publicUrl ?? `${request.scheme}://${request.authority}`;
  }

  isSecure(exchange: Exchange): boolean {
    return this.origin(exchange).startsWith('https:');
  }

  owns(name: string): boolean {
    return this.session.owns(name) || this.attempts.owns(name);
  }
}

/** Somebody looks at a page: a script that fetches would not know what to do with a login. */
export function isNavigation({ request }: Exchange): boolean {
  if (request.method !== 'GET' || request.header('upgrade') !== undefined) return false;
  const mode = request.header('sec-fetch-mode');
  return (mode === undefined || mode === 'navigate') && /\btext\/html\b/i.test(request.header('accept') ?? '');
}
