import type { EndpointSpec } from '../snapshot.ts';
import { parseBasePath } from './path-pattern.ts';
import { meaning, parsedText, type Parse } from './parsed.ts';

/** Where requests are sent; the weight is not part of an address. */
export type EndpointAddress = Omit<EndpointSpec, 'weight'>;

/** `http://` and `https://` only. What could hide a password or change with the request is refused: user, query, fragment. */
export const parseEndpointUrl: Parse<EndpointAddress> = (text) => {
  const wrong = textProblem(text);
  if (wrong !== undefined) return { wrong };
  if (!URL.canParse(text)) return { wrong: 'is not a URL, check its host' };
  const url = new URL(text);
  const path = parseBasePath(url.pathname);
  return 'wrong' in path ? path : { value: { ...addressOf(url), basePath: path.value } };
};

function textProblem(text: string): string | undefined {
  if (!/^https?:\/\//i.test(text)) return 'does not begin with http:// or https://, write a whole URL';
  if (/[\s\\{}<>^|`"]|\p{Cc}/u.test(text)) return 'holds a character that no URL has, escape it';
  if (/^https?:\/\/[^/?#]*@/i.test(text)) return 'holds a user name or a password, leave them out';
  if (/[?#]/.test(text)) return 'holds a query or a fragment, write only scheme, host, port and path';
  const port = /^https?:\/\/(?:\[[^\]]*\]|[^/:[]*):([^/]*)/i.exec(text)?.[1];
  const possible = port === undefined || (/^\d{1,5}$/.test(port) && Number(port) > 0 && Number(port) < 65_536);
  return possible ? undefined : 'has an impossible port, write one from 1 to 65535';
}

function addressOf(url: URL): Omit<EndpointAddress, 'basePath'> {
  const port = url.port === '' ? (DEFAULT_PORT[url.protocol] ?? 0) : Number(url.port);
  return {
    id: `${url.protocol}//${url.hostname}:${port}`,
    tls: url.protocol === 'https:',
    // `net.connect` takes an IPv6 address without the brackets that Host needs.
    host: url.hostname.replace(/^\[|\]$/g, ''),
    port,
    authority: url.host,
  };
}

const DEFAULT_PORT: Readonly<Record<string, number>> = { 'http:': 80, 'https:': 443 };

const OPTIONS = {
  title: 'a URL',
  pattern: String.raw`^[Hh][Tt][Tt][Pp][Ss]?://[^\s?#@]+$`,
  examples: ['http://127.0.0.1:4001'],
};

export const endpointUrl = (options: { readonly description: string }) =>
  parsedText(parseEndpointUrl, { ...OPTIONS, ...options });

export const endpointAddress = (text: string): EndpointAddress => meaning(parseEndpointUrl, text);
