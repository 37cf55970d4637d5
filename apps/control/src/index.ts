export { ControlPlane, type ControlPlaneOptions } from './control-plane.ts';
export type { Enforcement, Gate, GateConfig, Prepared } from '@gatehouse/services';
