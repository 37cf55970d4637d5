import { addToOutbox, findEntity, type OutboxEvent, type Statements } from '@gatehouse/store';
import { openTicket } from '../people/accounts.ts';
import { maySignIn } from '../people/sign-in.ts';
import { TICKETS } from '../people/tickets.ts';
import type { House } from '../service-context.ts';
import type { Mail } from './senders.ts';

interface Link {
  /** Of the page of the console. */
  readonly path: string;
  readonly lifeMs: number;
  readonly subject: string;
  readonly text: string;
}

/** Mails that let somebody in, by topic: each to one person, and to no webhook. */
export const LINKS: ReadonlyMap<string, Link> = new Map([
  [
    'user.invited',
    {
      path: '/invitation',
      lifeMs: TICKETS.invitation.lifeMs,
      subject: 'You are invited to Gatehouse',
      text: 'You are invited to Gatehouse. Choose a password here, within seven days:',
    },
  ],
  [
    'user.sign_up',
    {
      path: '/sign-up',
      lifeMs: TICKETS['sign-up'].lifeMs,
      subject: 'Your account at Gatehouse',
      text: 'Somebody, you we hope, wants an account with this address. Choose a password here, within a day:',
    },
  ],
  [
    'user.signed_up_again',
    {
      path: '/reset',
      lifeMs: TICKETS.reset.lifeMs,
      subject: 'You have an account at Gatehouse already',
      text: 'Somebody, you we hope, wanted an account with this address, which has one already: sign in as ever. Should you have forgotten the password, choose a new one here, within the hour:',
    },
  ],
  [
    'user.password_reset',
    {
      path: '/reset',
      lifeMs: TICKETS.reset.lifeMs,
      subject: 'A new password for Gatehouse',
      text: 'Somebody, you we hope, has asked for a new password for Gatehouse. Choose one here, within the hour:',
    },
  ],
]);

/** A mail to be sent; the ticket stays sealed until then. */
export async function addLinkMail(
  sql: Statements,
  { id, workspace, topic, event }: OutboxEvent,
  { deliver, nowMs }: { readonly deliver: string; readonly nowMs: number },
): Promise<void> {
  const link = LINKS.get(topic);
  const { entity, to, ticket, issuedMs = nowMs } = event;
  if (link === undefined || ticket === undefined) return;
  const sealed = { entity, ...(to !== undefined && { to }), ticket, untilMs: Number(issuedMs) + link.lifeMs };
  await addToOutbox(sql, { id: `${id}.link`, workspace, topic: deliver, event: { topic, ...sealed }, dueMs: nowMs });
}

/** The mail as it is now; undefined: there is nobody to send it to, or it would come too late. Throws what is not set. */
export async function linkMail(
  house: House,
  { id, event }: OutboxEvent,
  linkUrl: string | undefined,
): Promise<Mail | undefined> {
  const link = LINKS.get(String(event['topic']));
  const to = await addressee(house, event);
  if (link === undefined || to === undefined) return undefined;
  if (house.clock.now() >= Number(event['untilMs'])) return undefined;
  if (linkUrl === undefined) throw new Error('links need an address: start the gate with --public-url');
  const ticket = openTicket(house.cipher, event);
  const address = `${linkUrl}${link.path}?ticket=${encodeURIComponent(ticket)}`;
  const why = 'Whoever has this link can use it, once. If you did not expect it, nothing has happened: leave it.';
  return { id, to, subject: link.subject, text: `${link.text}\n\n${address}\n\n${why}\n` };
}

/** The user that it is about; or an address that has none yet. */
async function addressee(
  { database, cipher }: House,
  { entity, to }: OutboxEvent['event'],
): Promise<string | undefined> {
  if (typeof to === 'string') return cipher.decrypt(to, `address of ${String(entity)}`);
  const user = await database.read(async (sql) => findEntity(sql, { workspace: '', kind: 'user', id: String(entity) }));
  return user !== undefined && maySignIn(user) ? user.name : undefined;
}
