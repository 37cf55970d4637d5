import { meaning, parsedText, type Parse } from './parsed.ts';

export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

/** `HOST:PORT`, `[v6]:PORT`, or `:PORT` for every address. */
export const parseListenAddress: Parse<ListenAddress> = (text) => {
  const match = /^(?:\[([0-9A-Fa-f:.]+)\]|([^:[\]\s/]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) return { wrong: 'is no address, write HOST:PORT such as 0.0.0.0:8443' };
  const host = match[1] ?? match[2] ?? '';
  return { value: { host: host === '' ? '0.0.0.0' : host, port } };
};

export const listenText = (options: { readonly description: string; readonly default: string }) =>
  parsedText(parseListenAddress, { title: 'HOST:PORT', examples: ['0.0.0.0:8443'], ...options });

export const listenAddress = (text: string): ListenAddress => meaning(parseListenAddress, text);
