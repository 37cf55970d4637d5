import { DOCUMENT_CHARS_MAX } from '@gatehouse/governance';
import type { FetchBounds, Resolve } from '@gatehouse/kernel/fetching';
import { ServiceError } from '../service-error.ts';

/** From where documents may be fetched. */
export interface ImportSettings extends FetchBounds {
  /** Instead of DNS. */
  readonly resolve?: Resolve;
  /** Who may vouch for servers, instead of those whom Node trusts. */
  readonly ca?: string;
}

const ANYWHERE: ImportSettings = {
  hosts: [
    { scheme: 'https', host: '*', port: 443 },
    { scheme: 'http', host: '*', port: 80 },
  ],
  addresses: [],
};
const FETCH_MS_MAX = 15_000;

/** The text at a URL that an operator names: of public machines, unless settings say more. Throws `ServiceError`s. */
export async function fetchDocument(url: string, settings: ImportSettings = ANYWHERE): Promise<string> {
  const { FetchRules, fetchOutside, resolveName } = await import('@gatehouse/kernel/fetching');
  const found = await fetchOutside(url, {
    rules: new FetchRules(settings, settings.resolve ?? resolveName),
    allowance: { bytesLeft: DOCUMENT_CHARS_MAX },
    signal: AbortSignal.timeout(FETCH_MS_MAX),
    userAgent: 'gatehouse-import',
    ca: settings.ca,
  });
  if ('problem' in found) throw new ServiceError('admin.invalid', `the document at ${hostOf(url)} ${found.problem}`);
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(found.bytes);
  } catch {
    throw new ServiceError('admin.invalid', `the document at ${hostOf(url)} is no text in UTF-8`);
  }
}

/** Of an address that may be none, and may hold a password. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host.slice(0, 200) : 'that address';
}
