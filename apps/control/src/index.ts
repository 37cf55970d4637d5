export { ControlPlane, type CallersReplacement, type ControlPlaneOptions, type LocalGate } from './control-plane.ts';
export { readKeptCallers } from './kept-callers.ts';
export type { Enforcement, GateChange, GateConfig, Prepared, Preview } from '@gatehouse/services';
export type { Telling } from './protocol.ts';
export type { ConfigPlan, ExportedConfig, FieldChange, PlannedChange, PlanProblem } from '@gatehouse/services';
