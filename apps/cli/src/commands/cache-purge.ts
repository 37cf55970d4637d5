import http from 'node:http';
import { formatAddress, type Address } from '../address.ts';
import { CommandFailure } from '../failure.ts';

export interface PurgeOptions {
  readonly url?: string | undefined;
  readonly prefix?: string | undefined;
  readonly tag?: string | undefined;
  /** Of the gate whose replies are meant. */
  readonly status: Address;
  readonly token: string | undefined;
  readonly json: boolean;
  readonly print: (line: string) => void;
}

/** `gatehouse cache purge`: asks a running gate to forget replies, over its status port. */
export async function cachePurge({ url, prefix, tag, status, token, json, print }: PurgeOptions): Promise<void> {
  const what = Object.entries({ url, prefix, tag }).filter(([, value]) => value !== undefined);
  if (what.length !== 1) throw new CommandFailure('write one of --url, --prefix and --tag');
  if (token === undefined || token === '') {
    throw new CommandFailure('set GATEHOUSE_ADMIN_TOKEN to the token that the gate was started with');
  }
  const answer = await asked(status, token, JSON.stringify(Object.fromEntries(what)));
  if (answer.status !== 200) throw new CommandFailure(`the gate says: ${answer.body.trim()} (${answer.status})`);
  if (json) print(answer.body.trim());
  else {
    const purged = /\d+/.exec(answer.body)?.[0] ?? '0';
    print(`${purged} purged`);
  }
}

async function asked(status: Address, token: string, body: string): Promise<{ status: number; body: string }> {
  const { host, port } = status;
  return new Promise((resolve, reject) => {
    const options = { host, port, method: 'POST', path: '/cache/purge', headers: { authorization: `Bearer ${token}` } };
    const request = http.request(options, (reply) => {
      let text = '';
      reply.on('data', (piece) => (text += String(piece)));
      reply.on('end', () => resolve({ status: reply.statusCode ?? 0, body: text }));
    });
    request.on('error', () => reject(new CommandFailure(`no gate answers on ${formatAddress(status)}, see --status`)));
    request.end(body);
  });
}
