export type { Purge as CachePurge } from '@gatehouse/cache';
export { Gateway, type GatewayOptions, type GatewayStatus, type Published } from './gateway.ts';
export type { ListenAddress } from './listener.ts';
