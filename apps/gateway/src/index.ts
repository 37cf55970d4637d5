export type { Purge as CachePurge } from '@gatehouse/cache';
export { derivedSecret, gateSecret, knownGateSecret } from './gate-secret.ts';
export { Gateway, type GatewayOptions, type GatewayStatus, type Published } from './gateway.ts';
export type { StoredApplication, StoredSubscription } from './stored-callers.ts';
export type { CallerChange } from '@gatehouse/directory';
export type { ListenAddress } from './listener.ts';
