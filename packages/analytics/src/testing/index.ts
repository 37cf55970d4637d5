export { plainAggregate } from './plain-answers.ts';
export { linesOf, sampleCalls } from './sample-calls.ts';
export { storeContract, type OpenedStore } from './store-contract.ts';
export { shipperContract } from './shipper-contract.ts';
