export { Observer, type ObserverOptions } from './observer.ts';
export type { ObserverFacts, Question, Questions } from './protocol.ts';
