import type { FramingName } from '../canonical/dialect.ts';

/** The `content-type` that a stream has, by what frames its records. */
export const STREAM_TYPES: Readonly<Record<FramingName, RegExp>> = {
  sse: /^text\/event-stream(?:[\t ]*;|$)/i,
  ndjson: /^application\/(?:x-)?(?:ndjson|json-lines|jsonl)(?:[\t ]*;|$)/i,
  'json-array': /^application\/json(?:[\t ]*;|$)/i,
  'aws-event-stream': /^application\/vnd\.amazon\.eventstream(?:[\t ]*;|$)/i,
};
