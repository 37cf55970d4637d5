import { expect, it } from 'vitest';
import { tellingOf } from './telling.ts';

const SMTP = { GATEHOUSE_SMTP_URL: 'smtp://mail.example.com:587', GATEHOUSE_MAIL_FROM: 'gate@example.com' };

it.each([
  ['nothing', {}, { smtp: undefined, allowPrivate: false }],
  ['a server', SMTP, { smtp: { url: SMTP.GATEHOUSE_SMTP_URL, from: 'gate@example.com' }, allowPrivate: false }],
  ['private webhooks', { GATEHOUSE_WEBHOOKS_PRIVATE: 'allow' }, { smtp: undefined, allowPrivate: true }],
  ['anything else than allow', { GATEHOUSE_WEBHOOKS_PRIVATE: '1' }, { smtp: undefined, allowPrivate: false }],
])('reads %s', (_, env, expected) => {
  expect(tellingOf(env)).toEqual(expected);
});

it.each([
  ['another protocol', { ...SMTP, GATEHOUSE_SMTP_URL: 'http://mail.example.com' }, 'GATEHOUSE_SMTP_URL is smtp://'],
  ['nobody who writes', { GATEHOUSE_SMTP_URL: SMTP.GATEHOUSE_SMTP_URL }, 'GATEHOUSE_MAIL_FROM says who writes'],
])('refuses %s', (_, env, message) => {
  expect(() => tellingOf(env)).toThrow(message);
});
