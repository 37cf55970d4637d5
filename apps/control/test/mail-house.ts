import { deliver, mintSetupToken, type Senders } from '@gatehouse/services';
import { MailServer } from '@gatehouse/services/testing';
import { onTestFinished } from 'vitest';
import { smtpMailer } from '../src/smtp-mailer.ts';
import { setUpHouse, type Browser } from './browser.ts';
import { openTestHouse, type TestHouse } from './house.ts';

/** Under which people reach it. */
export const GATE = 'https://gate.example.com';

/** A house with its first administrator that sends its mails to a real server, none of them yet. */
export interface MailHouse {
  readonly test: TestHouse;
  readonly root: Browser;
  readonly post: MailServer;
  readonly senders: Senders;
  /** Sends all that is due, and what comes of it; `by` others where they are given. */
  readonly settle: (by?: Senders) => Promise<void>;
}

export async function openMailHouse(): Promise<MailHouse> {
  const { server: post, url } = await MailServer.open();
  const mailer = smtpMailer({ url, from: 'Gatehouse <gate@example.com>' });
  const senders = { mailer, fetcher: { post: async () => Promise.resolve(204) }, linkUrl: GATE };
  const test = await openTestHouse(':memory:', { publicUrl: GATE });
  onTestFinished(async () => test.close());
  const root = await setUpHouse(test, (await mintSetupToken(test.house)) ?? '');
  const settle = async (by: Senders = senders): Promise<void> => {
    for (let turn = 0; turn < 5; turn++) await deliver(test.house, by);
  };
  await settle();
  post.mails.length = 0;
  return { test, root, post, senders, settle };
}
