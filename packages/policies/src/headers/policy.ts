import { headerLine, type HeaderEdits } from '@gatehouse/http';
import { GatehouseError } from '@gatehouse/kernel';
import { definePolicy } from '../define-policy.ts';
import { schema } from './schema.ts';

export const headers = definePolicy({
  name: 'headers',
  stage: 'shape',
  summary: 'Sets, adds and removes header fields of requests and replies.',
  schema,
  build(config) {
    const request = compile('request', config.request);
    const response = compile('response', config.response);
    return {
      ...(request !== undefined && { onRequest: (exchange) => apply(exchange.upstreamHeaders, request) }),
      ...(response !== undefined && { onReplyHead: (exchange) => apply(exchange.replyHeaders, response) }),
    };
  },
});

/** Fields that frame a message or belong to one connection (RFC 9110 §7.6.1): only the engine may write them. */
const FRAMING: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);
/** How the gate tells an upstream who calls; nobody else may say it. */
const IDENTITY = 'x-gatehouse-';

type Side = 'request' | 'response';
type Verb = 'set' | 'add' | 'remove';

interface Source {
  readonly set: Readonly<Record<string, string>>;
  readonly add: Readonly<Record<string, string>>;
  readonly remove: readonly string[];
}

interface Compiled {
  readonly removed: readonly string[];
  /** Finished lines. */
  readonly lines: string;
}

/** Checks names and values once, so that a request only copies strings. Undefined when there is nothing to do. */
function compile(side: Side, source: Source): Compiled | undefined {
  const removed = source.remove.map((name) => allowedName(side, 'remove', name));
  let lines = '';
  for (const [name, value] of Object.entries(source.set)) {
    const lower = allowedName(side, 'set', name);
    if (lines.split('\r\n').some((line) => line.startsWith(`${lower}:`))) refuse(side, 'set', `${name} stands twice`);
    removed.push(lower);
    lines += headerLine(lower, value);
  }
  for (const [name, value] of Object.entries(source.add)) lines += headerLine(allowedName(side, 'add', name), value);
  return removed.length === 0 && lines === '' ? undefined : { removed, lines };
}

function allowedName(side: Side, verb: Verb, name: string): string {
  const lower = name.toLowerCase();
  const plain = lower.replaceAll('_', '-'); // many servers read both as one name
  const hostOfUpstream = lower === 'host' && side === 'request' && verb === 'set';
  if (FRAMING.has(plain) && !hostOfUpstream) refuse(side, verb, `${name} belongs to the connection, not to a policy`);
  if (plain.startsWith(IDENTITY) && side === 'request') refuse(side, verb, `${name} is the gate's own word`);
  return lower;
}

function refuse(side: Side, verb: Verb, problem: string): never {
  throw new GatehouseError('config.invalid', `headers/${side}/${verb}: ${problem}`);
}

function apply(edits: HeaderEdits, { removed, lines }: Compiled): undefined {
  for (const name of removed) edits.remove(name);
  edits.lines += lines;
}
