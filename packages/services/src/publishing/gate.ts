import type { Meaning } from '@gatehouse/config';
import type { CallerChange } from '@gatehouse/directory';

/** What gates are to enforce, as the text of a gatehouse.yaml with the documents that it names. */
export interface GateConfig {
  readonly text: string;
  /** Path as it is written in `text` → text. */
  readonly documents: Readonly<Record<string, string>>;
}

/** What gates are to enforce from now on, and did not before. */
export interface GateChange {
  /** Undefined: as before. */
  readonly config: GateConfig | undefined;
  /** Who calls. */
  readonly callers: readonly CallerChange[];
}

/** Proof: who enforces which snapshot. */
export interface Enforcement {
  readonly snapshot: string;
  /** Of all gates together. */
  readonly workers: { readonly enforcing: number; readonly of: number };
}

/** A configuration that has been compiled whole, and that gates do not know yet. */
export interface Prepared {
  readonly snapshot: string;
  /** Answers when every worker enforces it. */
  enforce(): Promise<Enforcement>;
}

/** What a change would mean to whoever calls, or why it cannot be served. */
export type Preview = { readonly meaning: Meaning } | { readonly problems: readonly string[] };

/** The data plane, as the control plane sees it. */
export interface Gate {
  /** Names of apis that the gate serves for somebody else, such as a file: plans may hold them and applications subscribe. */
  apisOfOthers(): Promise<ReadonlySet<string>>;
  /** Those among them that nobody but their file can change: an example gives way. */
  apisOfFile(): Promise<ReadonlySet<string>>;
  /** The problems of what cannot be served, ready to show. */
  prepare(change: GateChange): Promise<Prepared | { readonly problems: readonly string[] }>;
  /** Compiles a change and says what it means; nothing is served otherwise for it. */
  preview(change: GateChange): Promise<Preview>;
  /** The same for the file that the gate has started with, when another takes its place. */
  previewFile(file: GateConfig): Promise<Preview>;
  /** Who calls, all of them, and nobody besides. */
  replaceCallers(callers: AsyncIterable<CallerChange>): Promise<void>;
}
