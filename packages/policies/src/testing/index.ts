export {
  ask,
  fakeExchange,
  fakeReplyHead,
  fakeTools,
  linesOf,
  NOW,
  type FakeExchangeOptions,
} from './fake-exchange.ts';
export { joined, type JoinedPolicy } from './joined.ts';
export { policyContract, type PolicyExamples } from './policy-contract.ts';
