import type { JsonFields } from '../../canonical/json.ts';
import type { Delta, OpenBlock } from '../../canonical/stream-event.ts';
import type { Fields } from '../../loose-json.ts';
import type { EventLines } from './event-lines.ts';

/** An item of the answer while it is written. All functions answer with the events to send. */
export interface OutputItem {
  /** Does the block go on in this item? */
  takes(block: OpenBlock, kept: JsonFields | undefined): boolean;
  begin(block: OpenBlock, kept: JsonFields | undefined): string;
  delta(delta: Delta): string;
  /** The block is whole; the item may go on. */
  stop(): string;
  close(incomplete: boolean): string;
}

/** What items write with. */
export interface ItemHost {
  readonly lines: EventLines;
  /** The place of the item that is being written. */
  readonly index: number;
  /** The vendor's own id, or else a new one. */
  idOf(own: unknown, prefix: string): string;
  added(item: Fields): string;
  /** The item as it is in the end. */
  done(item: Fields): string;
}
