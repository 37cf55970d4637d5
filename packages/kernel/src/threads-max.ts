/** Threads that may share memory, numbered from 0: a lock there has ten bits to say who holds it, and 0 is nobody. */
export const THREADS_MAX = 1023;
/** The others than the main thread, which is number 0. */
export const WORKERS_MAX = THREADS_MAX - 1;
