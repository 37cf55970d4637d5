export { linesOf, sampleCalls } from './sample-calls.ts';
export { storeContract, type OpenedStore } from './store-contract.ts';
