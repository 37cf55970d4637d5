import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { deliver, evaluateAlerts, isSigned, sendDigests, type Senders } from '@gatehouse/services';
import { dueEvents } from '@gatehouse/store';
import { MailServer, RecordedCalls } from '@gatehouse/services/testing';
import { expect, onTestFinished } from 'vitest';
import { publicFetcher } from '../src/public-fetcher.ts';
import { smtpMailer } from '../src/smtp-mailer.ts';
import { openTestHouse, type Json, type TestHouse } from './house.ts';

export const W = '/workspaces/default';
export const SECRET = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const MINUTE_MS = 60_000;

/** What a webhook was sent. */
export interface Received {
  readonly path: string;
  readonly isSigned: boolean;
  readonly body: Json;
}

/** A house with records, a mail server and a receiver of webhooks, whose clock the test moves. */
export interface AlertHouse {
  readonly test: TestHouse;
  readonly calls: RecordedCalls;
  readonly post: MailServer;
  readonly received: Received[];
  /** Where webhooks are received; what it answers. */
  readonly hooks: { readonly url: string; status: number };
  readonly senders: Senders;
  /** Now. */
  nowMs(): number;
  make(plural: string, body: object): Promise<Json>;
  get(path: string): Promise<Json>;
  /** So many minutes pass, each with its look and what is sent of it. */
  pass(minutes?: number): Promise<void>;
  /** It is then, and digests whose hour has come are sent; says how many. */
  digestsAt(moment: string): Promise<number>;
  /** Subjects of mails since the last time. */
  subjects(): readonly string[];
}

export async function openAlertHouse(place?: string): Promise<AlertHouse> {
  const { server: post, url } = await MailServer.open();
  const calls = new RecordedCalls();
  const hooks = await receiver();
  const senders: Senders = {
    mailer: smtpMailer({ url, from: 'Gatehouse <gate@example.com>' }),
    fetcher: publicFetcher({ allowPrivate: true }),
  };
  const test = await openTestHouse(place, { analytics: calls, senders });
  onTestFinished(async () => test.close());
  const settle = async (): Promise<void> => {
    const { database, clock } = test.house;
    while ((await database.read(async (sql) => dueEvents(sql, clock.now(), 1))).length > 0)
      await deliver(test.house, senders);
  };
  await settle();
  let read = 0;
  return {
    test,
    calls,
    post,
    senders,
    received: hooks.received,
    hooks,
    nowMs: () => test.clock.nowMs,
    make: async (plural, body) => {
      const reply = await test.call('POST', `${W}/${plural}`, { body });
      expect(reply.status, JSON.stringify(reply.body)).toBe(201);
      return reply.body;
    },
    get: async (path) => {
      const reply = await test.call('GET', `${W}${path}`);
      expect(reply.status, JSON.stringify(reply.body)).toBe(200);
      return reply.body;
    },
    pass: async (minutes = 1) => {
      for (let minute = 0; minute < minutes; minute++) {
        test.clock.nowMs += MINUTE_MS;
        await evaluateAlerts(test.house);
        await settle();
      }
    },
    digestsAt: async (moment) => {
      test.clock.nowMs = Date.parse(moment);
      const sent = await sendDigests(test.house);
      await settle();
      return sent;
    },
    subjects: () => {
      const fresh = post.read.slice(read);
      read = post.read.length;
      return fresh.map((mail) => /^Subject: (.*(?:\n .*)*)$/m.exec(mail)?.[1]?.replaceAll('\n ', ' ') ?? '');
    },
  };
}

async function receiver(): Promise<{ received: Received[]; url: string; status: number }> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void (async () => {
      const body = await text(request);
      const headers = Object.fromEntries(
        Object.entries(request.headers).map(([name, value]) => [name, typeof value === 'string' ? value : undefined]),
      );
      const seconds = Number(headers['webhook-timestamp']);
      received.push({
        path: request.url ?? '',
        isSigned: isSigned(SECRET, { headers, body }, seconds * 1000),
        body: JSON.parse(body),
      });
      response.writeHead(hooks.status).end();
    })();
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  onTestFinished(async () => new Promise<void>((done) => void server.close(() => done())));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it listens on a port
  const { port } = server.address() as AddressInfo;
  const hooks = { received, url: `http://127.0.0.1:${port}`, status: 204 };
  return hooks;
}
