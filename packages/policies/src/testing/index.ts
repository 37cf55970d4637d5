export {
  ask,
  fakeExchange,
  fakeReplyHead,
  fakeTools,
  linesOf,
  NOW,
  throughReply,
  type FakeExchange,
  type FakeExchangeOptions,
  type FakeToolsOptions,
} from './fake-exchange.ts';
export { joined, NO_CONTEXT, type JoinedPolicy } from './joined.ts';
export { policyContract, type PolicyExamples } from './policy-contract.ts';
export { fakeRuntime, type FakeRuntimeOptions } from './fake-runtime.ts';
