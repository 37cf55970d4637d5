import type { LogLevel } from '@gatehouse/kernel';
import type { Meaning } from '@gatehouse/config';
import type { CallerChange } from '@gatehouse/directory';
import type { Enforcement, GateChange, GateConfig, ImportSettings } from '@gatehouse/services';
import type { SmtpSettings } from './smtp-mailer.ts';

/* What the control thread and the main thread tell each other. Both are of this program and of one version. */

export interface ControlStart {
  readonly listen: { readonly host: string; readonly port: number };
  /** A file of SQLite, or `postgres://…`. */
  readonly database: string;
  /** Where callers are kept for gates that start. */
  readonly callersFile: string;
  /** Where the gate beside us keeps its records. */
  readonly recordsFolder: string;
  /** What the gate beside us is called. */
  readonly node: string;
  /** Where records that are taken away wait to be read. */
  readonly exportsFolder: string;
  /** By which the gate beside us seals bodies. */
  readonly bodySecret: Uint8Array;
  /** Of this house, at least 32 bytes: what is secret in the store is sealed by it. */
  readonly secret: Uint8Array;
  /** Of the environment: whoever has it is administrator. */
  readonly adminToken: string | undefined;
  /** Of whoever may read the data folder, for commands on this machine. */
  readonly localToken: string;
  /** Under which people reach the console; undefined: on this machine only. */
  readonly publicUrl: string | undefined;
  /** Whether it takes a second person to give rights. */
  readonly grantsTakeTwo: boolean;
  /** Addresses and ranges whose word about where people come from is believed. */
  readonly proxies: readonly string[] | undefined;
  /** From where documents may be fetched; undefined: from public machines. */
  readonly importFrom: ImportSettings | undefined;
  readonly version: string;
  readonly logLevel: LogLevel;
  readonly telling: Telling;
}

/** How people and programs outside are told what happens. */
export interface Telling {
  /** Undefined: nobody is sent mail. */
  readonly smtp: SmtpSettings | undefined;
  /** Whether webhooks may stand on addresses that are not the internet's. */
  readonly allowPrivate: boolean;
}

export type ToControl =
  | { readonly kind: 'apis'; readonly id: number; readonly apis: ReadonlySet<string>; readonly givesWay: boolean }
  | { readonly kind: 'prepared'; readonly id: number; readonly snapshot: string }
  | { readonly kind: 'previewed'; readonly id: number; readonly meaning: Meaning }
  | { readonly kind: 'taken'; readonly id: number }
  | { readonly kind: 'refused'; readonly id: number; readonly problems: readonly string[] }
  | { readonly kind: 'enforced'; readonly id: number; readonly enforcement: Enforcement }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string }
  /** What the observer answers, or why it does not. */
  | { readonly kind: 'observed'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'unobserved'; readonly id: number; readonly reason: string }
  | { readonly kind: 'stop' };

export type FromControl =
  /** `setupToken`: by which the first administrator is made; undefined where there is one, or a token of the environment. */
  | { readonly kind: 'listening'; readonly port: number; readonly setupToken: string | undefined }
  | { readonly kind: 'prepare'; readonly id: number; readonly change: GateChange }
  | { readonly kind: 'preview'; readonly id: number; readonly change: GateChange }
  | { readonly kind: 'preview-file'; readonly id: number; readonly file: GateConfig }
  | { readonly kind: 'enforce'; readonly id: number }
  /** Some of all who call; the last of them says so. */
  | { readonly kind: 'callers'; readonly id: number; readonly callers: readonly CallerChange[]; readonly last: boolean }
  | { readonly kind: 'apis-of-others'; readonly id: number }
  | { readonly kind: 'observe'; readonly id: number; readonly question: ObservedQuestion; readonly asked: unknown };

/** What is asked about calls; the observer process answers. */
export type ObservedQuestion =
  | 'aggregate'
  | 'search'
  | 'find'
  | 'bodies'
  | 'export'
  | 'ledgerSums'
  | 'ledgerRerate'
  | 'ledgerVerify'
  | 'ledgerExport';

/* `workerData` and messages have no types: each comes from the other end of this protocol. */

export function controlStart(data: unknown): ControlStart {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return data as ControlStart;
}

export function toControl(message: unknown): ToControl {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as ToControl;
}

export function fromControl(message: unknown): FromControl {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return message as FromControl;
}
