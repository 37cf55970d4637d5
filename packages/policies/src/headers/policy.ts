import { headerLine, type HeaderEdits } from '@gatehouse/http';
import { definePolicy } from '../define-policy.ts';
import type { Config } from './schema.ts';

export const headers = definePolicy({
  name: 'headers',
  stage: 'shape',
  build(config: Config) {
    const request = compile(config.request);
    const response = compile(config.response);
    return {
      ...(request !== undefined && { onRequest: (exchange) => apply(exchange.upstreamHeaders, request) }),
      ...(response !== undefined && { onReplyHead: (exchange) => apply(exchange.replyHeaders, response) }),
    };
  },
});

interface Compiled {
  readonly removed: readonly string[];
  /** Finished lines. */
  readonly lines: string;
}

/** Makes the lines once, so that a request only copies strings. Undefined when there is nothing to do. */
function compile({ set, add, remove }: Config['request']): Compiled | undefined {
  const removed = [...remove, ...Object.keys(set)].map((name) => name.toLowerCase());
  const added = [...Object.entries(set), ...Object.entries(add)];
  const lines = added.map(([name, value]) => headerLine(name.toLowerCase(), value)).join('');
  return removed.length === 0 && lines === '' ? undefined : { removed, lines };
}

function apply(edits: HeaderEdits, { removed, lines }: Compiled): undefined {
  for (const name of removed) edits.remove(name);
  edits.lines += lines;
}
