import { signV4, type ProviderRow, type Relay } from '@gatehouse/ai';
import type { ProviderSpec } from '@gatehouse/config';
import type { HeaderEdits } from '@gatehouse/http';

export interface ProviderCall {
  readonly provider: ProviderSpec;
  readonly row: ProviderRow;
  readonly relay: Pick<Relay, 'path' | 'body' | 'contentType' | 'headers'>;
  /** Finished lines of the gate's own that a policy may replace: request id, trace. */
  readonly lines: string;
  readonly edits: Pick<HeaderEdits, 'removed' | 'lines'>;
  /** Of the wall clock, which signatures hold. */
  readonly nowMs: number;
}

/** What a provider reads the body by, or lets us in by; no policy may touch it. */
const FIXED = ['content-type', 'content-length', 'accept-encoding'];
/** RFC 9110 §5.5 without spaces and obs-text: nothing that could split the head. */
const KEY = /^[\x21-\x7e]+$/;

/** The head that goes to a provider; `undefined` when its key cannot stand in one. */
export function providerHead({ provider, row, relay, lines, edits, nowMs }: ProviderCall): string | undefined {
  const { endpoint: where } = provider;
  const own = { ...relay.headers, ...(signature(provider, relay, nowMs) ?? keyHeader(provider, row)) };
  if (!Object.values(own).every((value) => /^[\x20-\x7e]*$/.test(value))) return undefined;
  if (provider.apiKey !== undefined && row.auth !== 'none' && !KEY.test(provider.apiKey)) return undefined;
  const fixed = new Set([...FIXED, ...Object.keys(own)]);
  const added = linesOf(edits.lines).filter((line) => !fixed.has(nameOf(line)));
  const host = added.find((line) => nameOf(line) === 'host') ?? `host: ${where.authority}\r\n`;
  const kept = linesOf(lines).filter((line) => !edits.removed.includes(nameOf(line)));
  return (
    `POST ${where.basePath}${relay.path} HTTP/1.1\r\n${host}` +
    `content-type: ${relay.contentType}\r\ncontent-length: ${relay.body.length}\r\naccept-encoding: identity\r\n` +
    `${Object.entries(own)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}${kept.join('')}` +
    `${added.filter((line) => nameOf(line) !== 'host').join('')}\r\n`
  );
}

/** For vendors that want requests signed; the host is the provider's own, whatever a policy says. */
function signature(
  { aws, endpoint }: ProviderSpec,
  relay: ProviderCall['relay'],
  nowMs: number,
): Readonly<Record<string, string>> | undefined {
  if (aws === undefined) return undefined;
  const [path = '', query = ''] = relay.path.split('?');
  return signV4({
    method: 'POST',
    host: endpoint.authority,
    path: endpoint.basePath + path,
    query,
    headers: { 'content-type': relay.contentType, ...relay.headers },
    body: relay.body,
    service: 'bedrock',
    region: aws.region,
    credentials: aws,
    nowMs,
  });
}

function keyHeader({ apiKey }: ProviderSpec, { auth }: ProviderRow): Readonly<Record<string, string>> {
  if (apiKey === undefined || auth === 'none') return {};
  return auth === 'bearer' || auth === 'aws' ? { authorization: `Bearer ${apiKey}` } : { [auth]: apiKey };
}

function linesOf(lines: string): string[] {
  return lines === '' ? [] : lines.split(/(?<=\r\n)/);
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}
