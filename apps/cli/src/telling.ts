import type { Telling } from '@gatehouse/control';
import { CommandFailure } from './failure.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** `GATEHOUSE_SMTP_URL`, `GATEHOUSE_MAIL_FROM` and `GATEHOUSE_WEBHOOKS_PRIVATE`. */
export function tellingOf(env: Environment): Telling {
  const url = env['GATEHOUSE_SMTP_URL'];
  const from = env['GATEHOUSE_MAIL_FROM'];
  if (url !== undefined && !/^smtps?:\/\/[^/]/.test(url))
    throw new CommandFailure('GATEHOUSE_SMTP_URL is smtp://user:password@host:587, or smtps://…');
  if (url !== undefined && from === undefined)
    throw new CommandFailure('GATEHOUSE_MAIL_FROM says who writes, such as gate@example.com: mail needs it');
  return {
    smtp: url === undefined || from === undefined ? undefined : { url, from },
    allowPrivate: env['GATEHOUSE_WEBHOOKS_PRIVATE'] === 'allow',
  };
}
