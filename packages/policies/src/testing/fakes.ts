/** What tests of policies need besides a test runner; also for the kit of plugins, which runs under any. */
export { fakeExchange, fakeReplyHead, fakeTools, throughReply } from './fake-exchange.ts';
export { joined } from './joined.ts';
export type { FakeExchange, FakeExchangeOptions, FakeReply, FakeToolsOptions, UpstreamReply } from './fake-exchange.ts';
