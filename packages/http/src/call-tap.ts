/**
 * Looks on beside one exchange: what its caller sends and is sent, as it passes, whoever deals with it. Nothing waits
 * for a tap, and a tap never throws. Bytes are valid during the call only.
 */
export interface CallTap {
  /** A piece of the request's body, without its framing. */
  requestData(bytes: Buffer, start: number, end: number): void;
  /** The body that was asked for is complete. */
  requestEnd(): void;
  /** Status line and fields of the reply, as finished lines. */
  replyHead(head: string): void;
  /** A piece of the reply's body, without its framing. */
  replyData(bytes: Buffer, start: number, end: number): void;
  /** A reply of the gate's own, head and body, one character a byte. */
  replyWhole(message: string): void;
}
