import type { CallTap } from '@gatehouse/http';
import { HeldBytes, type HoldingRoom } from './held-bytes.ts';

export interface CallBounds {
  readonly requestBytesMax: number;
  readonly responseBytesMax: number;
  readonly room: HoldingRoom;
}

export type CallStart = Pick<CapturedCall, 'sampled' | 'startedMs' | 'lines' | 'contentLength'>;

/** What has passed of one call so far, within bounds. */
export class CapturedCall implements CallTap {
  readonly sampled: boolean;
  readonly startedMs: number;
  /** Fields of the request. */
  readonly lines: string;
  /** Of the request; undefined where it was not said, 0 where there is no body. */
  readonly contentLength: number | undefined;
  readonly request: HeldBytes;
  readonly response: HeldBytes;
  requestEnded = false;
  /** Status line and fields; '' where none was sent. */
  replyLines = '';
  /** It was sent in one piece. */
  whole = false;

  constructor(call: CallStart, bounds: CallBounds) {
    this.sampled = call.sampled;
    this.startedMs = call.startedMs;
    this.lines = call.lines;
    this.contentLength = call.contentLength;
    this.request = new HeldBytes(bounds.requestBytesMax, bounds.room);
    this.response = new HeldBytes(bounds.responseBytesMax, bounds.room);
  }

  requestData(bytes: Buffer, start: number, end: number): void {
    this.request.add(bytes, start, end);
  }

  requestEnd(): void {
    this.requestEnded = true;
  }

  replyHead(head: string): void {
    this.replyLines = head;
  }

  replyData(bytes: Buffer, start: number, end: number): void {
    this.response.add(bytes, start, end);
  }

  replyWhole(message: string): void {
    const end = message.indexOf('\r\n\r\n') + 4;
    this.whole = true;
    this.replyLines = message.slice(0, end);
    const body = Buffer.from(message.slice(end), 'latin1');
    this.response.add(body, 0, body.length);
  }

  drop(): void {
    this.request.drop();
    this.response.drop();
  }
}
