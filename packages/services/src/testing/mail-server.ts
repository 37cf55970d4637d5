import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';
import { onTestFinished } from 'vitest';

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

  /** With where it listens. */
  static async open(): Promise<{ readonly server: MailServer; readonly url: string }> {
    const server = new MailServer();
    const port = await server.#listen();
    onTestFinished(async () => new Promise<void>((done) => server.#server.close(done)));
    return { server, url: `smtp://127.0.0.1:${port}` };
  }

  /** As people read them: long lines of SMTP end in `=`. */
  get read(): readonly string[] {
    return this.mails.map((mail) => mail.replaceAll('=\r\n', '').replaceAll('=3D', '=').replaceAll('\r\n', '\n'));
  }

  /** That of the last link to somebody; '' while there is none. */
  ticketFor(address: string): string {
    const mail = this.read.findLast(
      (each) => each.toLowerCase().includes(`to: ${address.toLowerCase()}\n`) && each.includes('?ticket='),
    );
    return /\?ticket=([\w-]{43})/.exec(mail ?? '')?.[1] ?? '';
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
