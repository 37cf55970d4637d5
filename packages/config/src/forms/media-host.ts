import type { MediaHostSpec } from '../snapshot.ts';
import { parseHost } from './host-name.ts';
import { meaning, parsedText, type Parse } from './parsed.ts';

const FORM = /^(?:(https?):\/\/)?(\*|\[[^\]]*\]|[^:/?#@[\]]+)(?::(\d{1,5}))?$/i;
const DEFAULT_PORT = { https: 443, http: 80 } as const;

/** `cdn.example.com`, `*.example.com:8443`, `http://10.0.0.7`; `*` is any host. Without a scheme it is HTTPS. */
export const parseMediaHost: Parse<MediaHostSpec> = (text) => {
  const found = FORM.exec(text);
  if (found === null) return { wrong: 'is not a host, write one such as cdn.example.com, *.example.com:8443 or *' };
  const scheme = found[1]?.toLowerCase() === 'http' ? 'http' : 'https';
  const name = found[2] ?? '';
  const port = found[3] === undefined ? DEFAULT_PORT[scheme] : Number(found[3]);
  if (port < 1 || port > 65_535) return { wrong: 'has an impossible port, write one from 1 to 65535' };
  if (name === '*') return { value: { scheme, host: name, port } };
  const host = parseHost(name);
  return 'wrong' in host ? host : { value: { scheme, host: host.value, port } };
};

export const mediaHostText = (options: { readonly description: string }) =>
  parsedText(parseMediaHost, {
    title: 'a host',
    examples: ['cdn.example.com', '*.example.com', 'http://files.internal:8080'],
    ...options,
  });

export const mediaHost = (text: string): MediaHostSpec => meaning(parseMediaHost, text);
