import { providerPath, type ProviderRow } from '@gatehouse/ai';
import type { ProviderSpec } from '@gatehouse/config';
import type { HeaderEdits } from '@gatehouse/http';
import type { ModelEndpoint } from './ai-request.ts';

export interface ProviderCall {
  readonly provider: ProviderSpec;
  readonly row: ProviderRow;
  readonly endpoint: ModelEndpoint;
  readonly bodyBytes: number;
  /** Finished lines of the gate's own that a policy may replace: request id, trace. */
  readonly lines: string;
  readonly edits: Pick<HeaderEdits, 'removed' | 'lines'>;
}

/** What a provider reads the body by; no policy may touch it. */
const FIXED = ['content-type', 'content-length', 'accept-encoding'];
/** RFC 9110 §5.5 without spaces and obs-text: nothing that could split the head. */
const KEY = /^[\x21-\x7e]+$/;

/** The head that goes to a provider; `undefined` when its key cannot stand in one. */
export function providerHead({ provider, row, endpoint, bodyBytes, lines, edits }: ProviderCall): string | undefined {
  const { endpoint: where } = provider;
  const apiKey = row.auth === 'bearer' ? provider.apiKey : undefined;
  if (apiKey !== undefined && !KEY.test(apiKey)) return undefined;
  const fixed = new Set(apiKey === undefined ? FIXED : [...FIXED, 'authorization']);
  const added = linesOf(edits.lines).filter((line) => !fixed.has(nameOf(line)));
  const host = added.find((line) => nameOf(line) === 'host') ?? `host: ${where.authority}\r\n`;
  const kept = linesOf(lines).filter((line) => !edits.removed.includes(nameOf(line)));
  return (
    `POST ${where.basePath}${providerPath(row, endpoint)} HTTP/1.1\r\n${host}` +
    `content-type: application/json\r\ncontent-length: ${bodyBytes}\r\naccept-encoding: identity\r\n` +
    `${apiKey === undefined ? '' : `authorization: Bearer ${apiKey}\r\n`}${kept.join('')}` +
    `${added.filter((line) => nameOf(line) !== 'host').join('')}\r\n`
  );
}

function linesOf(lines: string): string[] {
  return lines === '' ? [] : lines.split(/(?<=\r\n)/);
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(':'));
}
