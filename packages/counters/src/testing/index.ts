export { countersContract, type CountersUnderTest } from './counters-contract.ts';
export { spentIn } from './spent-in.ts';
