/** For tests of others: a server of DNS that says what they want. */
export { DnsServer, type ServiceAnswer, type Zone } from './dns-server.ts';
