export { MailServer } from './mail-server.ts';
export { RecordedCalls, type CallGiven } from './recorded-calls.ts';
