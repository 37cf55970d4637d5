/** The fourth door: what a store says of itself, for commands that start no control plane and change nothing. */
export { inspectStore as storeFacts, type StoreFacts } from '@gatehouse/store';
