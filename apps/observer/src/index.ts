export { Observer, type ObserverOptions } from './observer.ts';
export type { ObserverFacts, ObserverSettings, Question, Questions } from './protocol.ts';
