/** What a proxy says of one hop. Undefined: it does not say, or not in a way that means anything here. */
export interface ForwardedHop {
  readonly address: string | undefined;
  readonly proto: string | undefined;
  readonly host: string | undefined;
}

/** `X-Forwarded-For` with its fellows, nearest hop last; what is no address is a hop without one. */
export function xForwardedHops(header: (name: string) => string | undefined): readonly ForwardedHop[] {
  const list = header('x-forwarded-for');
  if (list === undefined) return [];
  const proto = lastOf(header('x-forwarded-proto'));
  const host = lastOf(header('x-forwarded-host'));
  return list.split(',').map((entry, index, all) => {
    const nearest = index === all.length - 1;
    return { address: addressIn(entry.trim()), proto: nearest ? proto : undefined, host: nearest ? host : undefined };
  });
}

function lastOf(list: string | undefined): string | undefined {
  const last = list?.split(',').at(-1)?.trim();
  return last === '' ? undefined : last;
}

const PAIR = /\s*([!#$%&'*+\-.^_`|~0-9A-Za-z]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+\-.^_`|~0-9A-Za-z:[\]]*))\s*(;|,|$)/y;

/** `Forwarded` (RFC 7239), nearest hop last. Undefined for what breaks its grammar: then nothing of it is believed. */
export function forwardedHops(text: string): readonly ForwardedHop[] | undefined {
  const hops: Record<string, string>[] = [{}];
  let at = 0;
  while (at < text.length) {
    PAIR.lastIndex = at;
    const match = PAIR.exec(text);
    const hop = hops.at(-1);
    if (match === null || hop === undefined) return undefined;
    const [whole, name = '', quoted, plain = '', end] = match;
    const lower = name.toLowerCase();
    if (Object.hasOwn(hop, lower)) return undefined;
    hop[lower] = quoted?.replaceAll(/\\(.)/g, '$1') ?? plain;
    at += whole.length;
    if (end === ',') hops.push({});
    if (at === text.length && end !== '') return undefined;
  }
  return hops.map(({ for: address, proto, host }) => ({
    address: address === undefined ? undefined : addressIn(address),
    proto,
    host,
  }));
}

/** An address without port and brackets; names, `unknown` and obfuscated identifiers are none. */
function addressIn(text: string): string | undefined {
  const bracketed = /^\[([0-9A-Fa-f:.]+)\](?::\d{1,5})?$/.exec(text)?.[1];
  if (bracketed !== undefined) return bracketed;
  if (/^\d{1,3}(?:\.\d{1,3}){3}(?::\d{1,5})?$/.test(text)) return text.split(':', 1)[0];
  return /^[0-9A-Fa-f]*:[0-9A-Fa-f:.]*:[0-9A-Fa-f.]*$/.test(text) ? text : undefined;
}
