import type { FramingName, WireRecord } from '../canonical/dialect.ts';
import { AwsFraming } from './aws-event-stream.ts';
import { LineFraming } from './line-framing.ts';
import { ObjectFraming } from './object-framing.ts';
import { SseFraming } from './sse-framing.ts';

/** Cuts a streamed body into records; a chunk may end anywhere. */
export interface Framing {
  push(bytes: Buffer, start: number, end: number): void;
  /** The body has ended; what is left is a last record with `complete: false` unless it is whole. */
  end(): void;
}

/**
 * Throws `GatehouseError('provider.unavailable')` for a record that is larger than 16 MiB or breaks its framing. The
 * bytes that `onRecord` gets live as long as the chunks' own.
 */
export function createFraming(name: FramingName, onRecord: (record: WireRecord) => void): Framing {
  return new FRAMINGS[name](onRecord);
}

const FRAMINGS = {
  sse: SseFraming,
  ndjson: LineFraming,
  'json-array': ObjectFraming,
  'aws-event-stream': AwsFraming,
} as const satisfies Readonly<Record<FramingName, new (onRecord: (record: WireRecord) => void) => Framing>>;
