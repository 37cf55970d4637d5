import type { Mailer } from '@gatehouse/services';
import { createTransport } from 'nodemailer';

export interface SmtpSettings {
  /** `smtp://user:password@host:587` or `smtps://…`. */
  readonly url: string;
  /** Who writes: `Gatehouse <gate@example.com>`. */
  readonly from: string;
}

const TIMEOUT_MS = 10_000;

/** Mail by SMTP; STARTTLS where the server offers it. A mail that is sent again has the same id. */
export function smtpMailer({ url, from }: SmtpSettings): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    send: async ({ id, to, subject, text, html }) => {
      const messageId = `<${id}@gatehouse>`;
      await transport.sendMail({ from, to, subject, text, messageId, ...(html !== undefined && { html }) });
    },
  };
}
