export type { Sink } from './sink.ts';
