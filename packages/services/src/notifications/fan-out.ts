import {
  addToOutbox,
  eventDone,
  findEntity,
  insertEntity,
  listEntities,
  type OutboxEvent,
  type Statements,
} from '@gatehouse/store';
import { addLinkMail } from './link-mail.ts';
import { TOLD } from './recipients.ts';
import { orderedId } from '../ordered-id.ts';

/** What is delivered has a topic of its own, and is told to nobody else. */
export const DELIVER_WEBHOOK = 'deliver.webhook';
export const DELIVER_MAIL = 'deliver.mail';
export const DELIVER_LINK = 'deliver.link';
const WEBHOOKS_MAX = 1000;

/** One event becomes as many deliveries as there are who want to know, in one transaction: each has its own tries. */
export async function fanOut(
  sql: Statements,
  event: OutboxEvent,
  { nowMs, mails }: { readonly nowMs: number; readonly mails: boolean },
): Promise<void> {
  await toWebhooks(sql, event, nowMs);
  if (mails) await addLinkMail(sql, event, { deliver: DELIVER_LINK, nowMs });
  await toPeople(sql, event, { nowMs, mails });
  await eventDone(sql, event.id, nowMs);
}

async function toWebhooks(sql: Statements, event: OutboxEvent, nowMs: number): Promise<void> {
  const { workspace, topic } = event;
  const named = topic === 'approval.ask' ? event.event['webhook'] : undefined;
  for (const { id, name, data } of await listEntities(sql, { workspace, kind: 'webhook', limit: WEBHOOKS_MAX })) {
    const wants = named === undefined ? isWanted(data['topics'], topic) : named === name;
    if (data['disabled'] === true || !wants) continue;
    await addToOutbox(sql, {
      id: `${event.id}.${id}`,
      workspace,
      topic: DELIVER_WEBHOOK,
      event: { id: event.id, topic, atMs: nowMs, webhook: id, data: event.event },
      dueMs: nowMs,
    });
  }
}

/** `subscription.*` is for all that becomes of subscriptions. */
function isWanted(topics: unknown, topic: string): boolean {
  const [kind] = topic.split('.');
  return Array.isArray(topics) && [topic, `${kind}.*`, '*.*'].some((pattern) => topics.includes(pattern));
}

async function toPeople(
  sql: Statements,
  { id, workspace, topic, event }: OutboxEvent,
  { nowMs, mails }: { readonly nowMs: number; readonly mails: boolean },
): Promise<void> {
  const told = TOLD.get(topic);
  const [kind = ''] = topic.split('.');
  const entity = told && (await findEntity(sql, { workspace, kind, id: String(event['entity']) }));
  if (told === undefined || entity === undefined) return;
  const here = await findEntity(sql, { workspace: '', kind: 'workspace', id: workspace });
  const text = told.text.replace('{name}', () => entity.name);
  for (const person of new Set(await told.whom(sql, entity))) {
    const user = await findEntity(sql, { workspace: '', kind: 'user', id: person });
    if (user === undefined || user.data['disabled'] === true) continue;
    const note = `note_${orderedId(nowMs)}`;
    const data = {
      topic,
      text,
      workspace: here?.name ?? workspace,
      subject: { kind, id: entity.id, name: entity.name },
    };
    // Not a change that anybody made: it has no entry in the audit, and nobody is told of it.
    await insertEntity(sql, {
      workspace: '',
      kind: 'notification',
      id: note,
      parent: user.id,
      name: note,
      state: 'unread',
      lookup: undefined,
      revision: 1,
      data,
      createdMs: nowMs,
      updatedMs: nowMs,
    });
    if (!mails) continue;
    await addToOutbox(sql, {
      id: `${id}.${user.id}`,
      workspace,
      topic: DELIVER_MAIL,
      event: { id, topic, to: user.name, subject: text, data },
      dueMs: nowMs,
    });
  }
}
