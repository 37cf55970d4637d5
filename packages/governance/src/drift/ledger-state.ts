import type { ObservedFinding } from '@gatehouse/kernel';

/** What a ledger holds, as JSON. */
export interface LedgerState {
  readonly version: 1;
  readonly samples: number;
  /** Of the first and the last exchange, ms since the epoch; 0 where there is none. */
  readonly fromMs: number;
  readonly toMs: number;
  /** Which documents exchanges were held against, and how many. */
  readonly documents: Readonly<Record<string, number>>;
  /** By `GET /users/{id}`. */
  readonly operations: Readonly<Record<string, OperationState>>;
  /** By `GET /internal/*`: calls that no operation is for. */
  readonly shadows: Readonly<Record<string, OperationState>>;
}

export interface OperationState {
  readonly samples: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly statuses: Readonly<Record<string, number>>;
  /** Parts of the document that were there: how often, and when last. */
  readonly seen: Readonly<Record<string, readonly [count: number, lastMs: number]>>;
  readonly findings: readonly FindingState[];
  /** How many exchanges had just these findings, by their numbers with commas; those without any are not counted. */
  readonly mixes: Readonly<Record<string, number>>;
  readonly callers: readonly CallerState[];
}

export interface FindingState extends ObservedFinding {
  readonly number: number;
  readonly count: number;
  readonly firstMs: number;
  readonly lastMs: number;
}

/** Exchanges in which a caller has shown, and the gate has asked for, the same things. */
export interface CallerState {
  readonly shown: readonly string[];
  readonly asked: readonly string[];
  readonly known?: string | undefined;
  /** 2 of 204. */
  readonly statusClass: number;
  /** 401 and 403. */
  readonly isRefused: boolean;
  readonly count: number;
}

export const NO_OPERATION: OperationState = {
  samples: 0,
  firstMs: 0,
  lastMs: 0,
  statuses: {},
  seen: {},
  findings: [],
  mixes: {},
  callers: [],
};
