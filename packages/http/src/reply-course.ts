import type { ErrorCode } from '@gatehouse/kernel';

/** Stands between an upstream and the caller where something takes the reply on its way. It has the head already. */
export interface ReplyCourse {
  head(): void;
  /** Valid during the call only. */
  data(bytes: Buffer): void;
  end(trailers: string): void;
  /** Nothing more comes: the upstream broke off or the caller has left. */
  broken(): void;
}

/** A head that a course has decided on. */
export interface CourseHead {
  readonly status: number;
  readonly reason: string;
  /** Finished lines, without framing. */
  readonly lines: string;
  /** Of the body; undefined: known at its end. */
  readonly length: number | undefined;
}

/** The end of a course: the caller's connection. */
export interface ReplyWriter {
  writeHead(head: CourseHead): void;
  writeData(bytes: Buffer): void;
  writeEnd(trailers: string): void;
  /** Asks the upstream for a pause, or to go on. */
  hold(on: boolean): void;
  refuse(problem: { readonly code: ErrorCode; readonly detail: string }): void;
}
