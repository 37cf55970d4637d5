import {
  dueEvents,
  eventAgain,
  eventDone,
  findEntity,
  forgetTold,
  insertEntity,
  type OutboxEvent,
  type Statements,
} from '@gatehouse/store';
import { DELIVER_CONTACT, sendParcel, type Sending } from '../alerts/contact.ts';
import { opened } from '../entities/sealed.ts';
import type { House } from '../service-context.ts';
import { DELIVER_LINK, DELIVER_MAIL, DELIVER_WEBHOOK, fanOut } from './fan-out.ts';
import { linkMail } from './link-mail.ts';
import type { Senders } from './senders.ts';
import { signatureHeaders } from './signature.ts';
import { orderedId } from '../ordered-id.ts';

const BATCH = 50;
/** Outside of transactions, so many at once. */
const LOCK = 'outbox';
/** How long after each failed try the next one comes; after the last it is given up. */
export const RETRY_MS: readonly number[] = [30_000, 120_000, 600_000, 3_600_000, 21_600_000, 43_200_000];
const KEPT_MS = 7 * 86_400_000;

export interface Delivered {
  readonly told: number;
  readonly failed: number;
  readonly dead: number;
}

/** Tells who has to be told, what is due now. At least once: what is cut off is told again, under the same id. */
export async function deliver(house: House, senders: Senders): Promise<Delivered> {
  const mails = senders.mailer !== undefined;
  const claimed = await house.database.write(LOCK, async (sql) => claim(sql, { nowMs: house.clock.now(), mails }));
  const results = await Promise.all(claimed.map(async (event) => ofOne(house, senders, event)));
  const count = (wanted: string): number => results.filter((result) => result === wanted).length;
  return { told: count('told'), failed: count('failed'), dead: count('dead') };
}

/** Whoever claims it has it until its next try is due: there may be several houses over one database. */
async function claim(
  sql: Statements,
  { nowMs, mails }: { readonly nowMs: number; readonly mails: boolean },
): Promise<readonly OutboxEvent[]> {
  await forgetTold(sql, nowMs - KEPT_MS);
  const claimed: OutboxEvent[] = [];
  for (const event of await dueEvents(sql, nowMs, BATCH)) {
    if (!Object.hasOwn(DELIVERIES, event.topic)) {
      await fanOut(sql, event, { nowMs, mails });
      continue;
    }
    await eventAgain(sql, event.id, nowMs + (RETRY_MS[event.attempts] ?? RETRY_MS.at(-1) ?? 0));
    claimed.push(event);
  }
  return claimed;
}

async function ofOne(house: House, senders: Senders, event: OutboxEvent): Promise<'told' | 'failed' | 'dead'> {
  try {
    await DELIVERIES[event.topic]?.(house, senders, event);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    if (event.attempts < RETRY_MS.length) return 'failed';
    house.log.warn('something could not be delivered and was given up', { topic: event.topic, error: why });
    await house.database.write(LOCK, async (sql) => bury(sql, event, { nowMs: house.clock.now(), error: why }));
    return 'dead';
  }
  await house.database.write(LOCK, async (sql) => eventDone(sql, event.id, house.clock.now()));
  return 'told';
}

async function mail(_: House, { mailer }: Senders, { id, event }: OutboxEvent): Promise<void> {
  if (mailer === undefined) throw new Error('no mail server is set');
  const data = typeof event['data'] === 'object' ? JSON.stringify(event['data'], null, 2) : '';
  const subject = String(event['subject']);
  await mailer.send({ id, to: String(event['to']), subject, text: `${subject}.\n\n${data}\n` });
}

async function sendLink(house: House, { mailer, linkUrl }: Senders, event: OutboxEvent): Promise<void> {
  if (mailer === undefined) throw new Error('no mail server is set');
  const found = await linkMail(house, event, linkUrl);
  if (found !== undefined) await mailer.send(found);
}

async function post(house: House, { fetcher }: Senders, { workspace, event }: OutboxEvent): Promise<void> {
  const id = String(event['webhook']);
  const webhook = await house.database.read(async (sql) => findEntity(sql, { workspace, kind: 'webhook', id }));
  // Nobody wants to know any more.
  if (webhook === undefined || webhook.data['disabled'] === true) return;
  const clear = opened({ secret: webhook.data['secret'] }, house.cipher, webhook.id);
  const secret = typeof clear === 'object' && clear !== null && 'secret' in clear ? String(clear.secret) : '';
  const timestamp = new Date(Number(event['atMs'])).toISOString();
  const body = JSON.stringify({ type: event['topic'], timestamp, data: event['data'] });
  const signed = { id: String(event['id']), atMs: house.clock.now(), body };
  const headers = { 'content-type': 'application/json', ...signatureHeaders(secret, signed) };
  const status = await fetcher.post({ url: String(webhook.data['url']), headers, body });
  if (status < 200 || status > 299) throw new Error(`it answered ${status}`);
}

async function toContact(house: House, senders: Senders, { workspace, event }: OutboxEvent): Promise<void> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- `addParcel` wrote it
  await sendParcel(house, senders, { ...event, workspace } as unknown as Sending);
}

type Delivery = (house: House, senders: Senders, event: OutboxEvent) => Promise<void>;

/** What leaves the house, by topic; all else is fanned out first. */
const DELIVERIES: Readonly<Record<string, Delivery>> = {
  [DELIVER_MAIL]: mail,
  [DELIVER_LINK]: sendLink,
  [DELIVER_WEBHOOK]: post,
  [DELIVER_CONTACT]: toContact,
};

/** Seen by people from now on, who may have it tried again. */
async function bury(
  sql: Statements,
  { id, workspace, topic, event, attempts }: OutboxEvent,
  { nowMs, error }: { readonly nowMs: number; readonly error: string },
): Promise<void> {
  await eventDone(sql, id, nowMs);
  const own = `fail_${orderedId(nowMs)}`;
  const target = event['webhook'] ?? event['to'] ?? event['contact'];
  await insertEntity(sql, {
    workspace,
    kind: 'failure',
    id: own,
    parent: '',
    name: own,
    state: 'dead',
    lookup: undefined,
    revision: 1,
    data: { topic: event['topic'], target, attempts: attempts + 1, error: error.slice(0, 1000), sent: topic, event },
    createdMs: nowMs,
    updatedMs: nowMs,
  });
}
