import { isIP, type BlockList } from 'node:net';
import { addressRanges, isPublicAddress, isWithin } from './public-address.ts';

/** Why something is not fetched, in words that follow its host. */
export interface FetchProblem {
  readonly problem: string;
}

/** Where an address leads: the machine is chosen here, once, and nobody looks its name up again. */
export interface FetchPlace {
  readonly url: URL;
  readonly address: string;
}

export type Resolve = (host: string, signal: AbortSignal) => Promise<readonly string[]>;

const URL_CHARS_MAX = 8192;

/** `*` is any host, `*.example.com` any below; the port is always named. */
export interface FetchHost {
  readonly scheme: 'https' | 'http';
  readonly host: string;
  readonly port: number;
}

export interface FetchBounds {
  readonly hosts: readonly FetchHost[];
  /** Ranges that may be reached although they are not public. */
  readonly addresses: readonly string[];
}

/**
 * From where something may be fetched whose address somebody else has written: a caller, an operator, a server that
 * redirects. They choose addresses freely, so each is an attempt to reach inside.
 */
export class FetchRules {
  readonly #hosts: readonly FetchHost[];
  readonly #inside: BlockList;
  readonly #resolve: Resolve;

  constructor({ hosts, addresses }: FetchBounds, resolve: Resolve) {
    this.#hosts = hosts;
    this.#inside = addressRanges(addresses);
    this.#resolve = resolve;
  }

  /** Of an address as somebody or a server wrote it; a server may write one that is relative to its own. */
  read(text: string, base?: URL): URL | FetchProblem {
    if (text.length > URL_CHARS_MAX) return { problem: 'has too long an address' };
    // Readers of URLs differ on these, and one that takes them out reads another host.
    if (/[\s\\]|\p{Cc}/u.test(text) || !URL.canParse(text, base)) return { problem: 'has an address that is no URL' };
    const url = new URL(text, base);
    return this.#urlProblem(url, URL.canParse(text) ? text : undefined) ?? url;
  }

  #urlProblem(url: URL, written: string | undefined): FetchProblem | undefined {
    if (url.username !== '' || url.password !== '') return { problem: 'has an address with a user name' };
    if (!this.#hosts.some((rule) => allows(rule, url))) return { problem: 'is not among the hosts to fetch from' };
    const literal = literalOf(url);
    // 0177.0.0.1, 2130706433 and their like: nobody writes an address so who does not want to get past something.
    const odd = literal !== '' && written !== undefined && hostIn(written) !== literal;
    return odd ? { problem: 'has an address that is written oddly' } : undefined;
  }

  /** Looks the name up. Where it has several addresses, those that are not for everybody count for nothing. */
  async place(url: URL, signal: AbortSignal): Promise<FetchPlace | FetchProblem> {
    const literal = literalOf(url);
    const found = literal === '' ? await this.#resolve(url.hostname, signal) : [literal];
    if (found.length === 0) return { problem: 'cannot be found' };
    const address = found.find((one) => isPublicAddress(one) || isWithin(this.#inside, one));
    return address === undefined ? { problem: 'is not on the public internet' } : { url, address };
  }
}

/** The address that stands in place of a name; '' for a name. */
function literalOf({ hostname }: URL): string {
  const bare = hostname.replace(/^\[|\]$/g, '');
  return isIP(bare) === 0 ? '' : bare;
}

function hostIn(written: string): string {
  const host = /^[a-z]+:\/*(\[[^\]]*\]|[^/?#:]*)/i.exec(written)?.[1] ?? '';
  return host.replace(/^\[|\]$/g, '').toLowerCase();
}

const DEFAULT_PORT: Readonly<Record<string, number>> = { 'https:': 443, 'http:': 80 };

function allows({ scheme, host, port }: FetchHost, url: URL): boolean {
  if (url.protocol !== `${scheme}:`) return false;
  if ((url.port === '' ? DEFAULT_PORT[url.protocol] : Number(url.port)) !== port) return false;
  const name = url.hostname.replace(/\.$/, '');
  if (host === '*' || name === host) return true;
  return host.startsWith('*.') && name.endsWith(host.slice(1)) && name.length >= host.length;
}
