import { text } from 'node:stream/consumers';
import type { Mailer } from '@gatehouse/services';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';
import { smtpMailer } from '../src/smtp-mailer.ts';

/** A real one, which keeps what it takes, or says why it does not. */
export class MailServer {
  readonly mails: string[] = [];
  refusal: string | undefined;
  readonly #server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    onData: (stream, _session, done) => {
      void (async () => {
        const mail = await text(stream);
        if (this.refusal === undefined) this.mails.push(mail);
        done(this.refusal === undefined ? null : new Error(this.refusal));
      })();
    },
  });

  static async open(): Promise<{ readonly server: MailServer; readonly mailer: Mailer }> {
    const server = new MailServer();
    const port = await server.#listen();
    onTestFinished(async () => new Promise<void>((done) => server.#server.close(done)));
    const mailer = smtpMailer({ url: `smtp://127.0.0.1:${port}`, from: 'Gatehouse <gate@example.com>' });
    return { server, mailer };
  }

  async #listen(): Promise<number> {
    return new Promise<number>((done) => {
      const server = this.#server.listen(0, '127.0.0.1', () => {
        const at = server.address();
        done(typeof at === 'object' && at !== null ? at.port : 0);
      });
    });
  }
}
