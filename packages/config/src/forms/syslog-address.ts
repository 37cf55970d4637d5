import type { SyslogAddress } from '../telemetry-spec.ts';
import { parseHost } from './host-name.ts';
import { meaning, parsedText, type Parse } from './parsed.ts';

const FORM = /^(udp|tcp|tls):\/\/(\[[^\]]*\]|[^:/?#@[\]]+)(?::(\d{1,5}))?$/i;
/** RFC 5426, RFC 6587, RFC 5425. */
const DEFAULT_PORT = { udp: 514, tcp: 601, tls: 6514 } as const;

/** `udp://HOST`, `tcp://HOST:PORT`, `tls://[v6]:PORT`. */
export const parseSyslogAddress: Parse<SyslogAddress> = (text) => {
  const [, scheme = '', name = '', digits] = FORM.exec(text) ?? [];
  const transport = (['udp', 'tcp', 'tls'] as const).find((known) => known === scheme.toLowerCase());
  if (transport === undefined || name.includes('*')) {
    return { wrong: 'is no address of a syslog server, write one such as udp://logs.internal:514' };
  }
  const port = digits === undefined ? DEFAULT_PORT[transport] : Number(digits);
  if (port < 1 || port > 65_535) return { wrong: 'has an impossible port, write one from 1 to 65535' };
  const host = parseHost(name);
  return 'wrong' in host ? host : { value: { transport, host: host.value.replace(/^\[|\]$/g, ''), port } };
};

export const syslogAddressText = (options: { readonly description: string }) =>
  parsedText(parseSyslogAddress, {
    title: 'the address of a syslog server',
    examples: ['udp://logs.internal:514', 'tls://logs.example.com:6514'],
    ...options,
  });

export const syslogAddress = (text: string): SyslogAddress => meaning(parseSyslogAddress, text);
