import { addToOutbox, findEntity, listEntities, type Entity, type Statements } from '@gatehouse/store';
import type { Static } from 'typebox';
import { opened } from '../entities/sealed.ts';
import { dataOf } from '../json-data.ts';
import { contactSchema } from '../kinds/alert-kinds.ts';
import type { Post, Senders } from '../notifications/senders.ts';
import { signatureHeaders } from '../notifications/signature.ts';
import type { House } from '../service-context.ts';
import { writtenOf } from './rule.ts';

export const DELIVER_CONTACT = 'deliver.contact';

export type Contact = Static<typeof contactSchema>;

/** One thing to be said, in the form of each kind of contact. */
export interface Parcel {
  /** As webhooks know it: `alert.firing`. */
  readonly type: string;
  readonly mail: { readonly subject: string; readonly text: string; readonly html?: string | undefined };
  readonly slack: { readonly text: string };
  /** What a webhook gets. */
  readonly data: Readonly<Record<string, unknown>>;
}

/** To one mail address, or where the contact has none. */
export interface Target {
  readonly contact: string;
  readonly to?: string | undefined;
}

/** Where a contact leads; nowhere while it is disabled. */
export function targetsOf({ id, data }: Entity): readonly Target[] {
  if (data['disabled'] === true) return [];
  const { emails } = data;
  return Array.isArray(emails) ? emails.map((to) => ({ contact: id, to: String(to) })) : [{ contact: id }];
}

/** In the transaction of what it tells of: each target has its own tries. */
export async function addParcel(
  sql: Statements,
  { workspace, contacts, parcel, id }: ParcelOrder,
  nowMs: number,
): Promise<void> {
  for (const name of new Set(contacts)) {
    const [contact] = await listEntities(sql, { workspace, kind: 'contact', parent: '', name, limit: 1 });
    for (const [index, target] of (contact === undefined ? [] : targetsOf(contact)).entries())
      await addToOutbox(sql, {
        id: `${id}.${target.contact}.${index}`,
        workspace,
        topic: DELIVER_CONTACT,
        event: { id, topic: parcel.type, atMs: nowMs, ...target, parcel },
        dueMs: nowMs,
      });
  }
}

export interface ParcelOrder {
  readonly workspace: string;
  /** Their names. */
  readonly contacts: readonly string[];
  readonly parcel: Parcel;
  /** The same for each try. */
  readonly id: string;
}

export interface Sending extends Target {
  readonly workspace: string;
  readonly id: string;
  readonly atMs: number;
  readonly parcel: Parcel;
}

type Ways = Pick<Senders, 'mailer' | 'fetcher'>;

/** Throws what stands in the way. Nothing is sent where nobody wants to know any more. */
export async function sendParcel(house: House, senders: Ways, sending: Sending): Promise<void> {
  const { workspace, contact: id, to, parcel } = sending;
  const entity = await house.database.read(async (sql) => findEntity(sql, { workspace, kind: 'contact', id }));
  if (entity === undefined || entity.data['disabled'] === true) return;
  const { emails, webhook, slackUrl } = contactOf(entity, house);
  if (emails !== undefined) {
    // It may have been taken out since.
    if (to !== undefined && emails.includes(to)) await sendMail(senders, { ...sending, to });
  } else if (webhook !== undefined) {
    const body = JSON.stringify({
      type: parcel.type,
      timestamp: new Date(sending.atMs).toISOString(),
      data: parcel.data,
    });
    const signed = signatureHeaders(webhook.secret, { id: sending.id, atMs: house.clock.now(), body });
    await post(senders, { url: webhook.url, body, headers: signed });
  } else if (slackUrl !== undefined) {
    await post(senders, { url: slackUrl, body: JSON.stringify(parcel.slack), headers: {} });
  }
}

function contactOf(entity: Entity, { cipher }: House): Contact {
  return writtenOf(contactSchema, { ...entity, data: dataOf(opened(entity.data, cipher, entity.id)) });
}

async function sendMail({ mailer }: Ways, { id, to, parcel }: Sending & { readonly to: string }): Promise<void> {
  if (mailer === undefined) throw new Error('no mail server is set');
  await mailer.send({ id, to, ...parcel.mail });
}

async function post({ fetcher }: Ways, { url, headers, body }: Post): Promise<void> {
  const status = await fetcher.post({ url, headers: { 'content-type': 'application/json', ...headers }, body });
  if (status < 200 || status > 299) throw new Error(`it answered ${status}`);
}
