import { InvalidArgumentError } from 'commander';
import { isRange } from './address-range.ts';

/** From where the control plane may fetch documents that operators name by URL. */
export interface ImportPlaces {
  readonly hosts: readonly { readonly scheme: 'https' | 'http'; readonly host: string; readonly port: number }[];
  /** Ranges that may be reached although they are not public. */
  readonly addresses: readonly string[];
}

const HOST = /^(?:(https?):\/\/)?(\*|(?:\*\.)?[a-z0-9-]+(?:\.[a-z0-9-]+)*|\[[0-9a-f:.]+\])(?::(\d{1,5}))?$/i;
const USUAL_PORT = { https: 443, http: 80 } as const;

/** `docs.example.com, *.example.com:8443, http://10.0.0.7, 10.0.0.0/8`: hosts, and ranges that are not public. */
export function parseImportPlaces(text: string): ImportPlaces {
  const items = text.split(',').map((item) => item.trim());
  const addresses = items.filter(isRange);
  const hosts = items.filter((item) => !isRange(item)).map(hostOf);
  // Ranges alone say which addresses, not which hosts.
  return { addresses, hosts: hosts.length > 0 ? hosts : [hostOf('*'), hostOf('http://*')] };
}

function hostOf(item: string): ImportPlaces['hosts'][number] {
  const found = HOST.exec(item);
  const scheme = found?.[1]?.toLowerCase() === 'http' ? 'http' : 'https';
  const port = found?.[3] === undefined ? USUAL_PORT[scheme] : Number(found[3]);
  if (found === null || port < 1 || port > 65_535) {
    throw new InvalidArgumentError(
      `${JSON.stringify(item.slice(0, 100))} is no host, write such as docs.example.com, *.example.com:8443, http://10.0.0.7 or a range 10.0.0.0/8.`,
    );
  }
  return { scheme, host: (found[2] ?? '').toLowerCase(), port };
}
