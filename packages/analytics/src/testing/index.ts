export { plainAggregate } from './plain-answers.ts';
export { ledgerContract, type OpenedLedger } from './ledger-contract.ts';
export { linesOf, sampleCalls } from './sample-calls.ts';
export { storeContract, type OpenedStore } from './store-contract.ts';
