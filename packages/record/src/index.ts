export { bodyLine, type BodyLine, type BodySide } from './bodies/body-line.ts';
export {
  bodyKey,
  openBody,
  sealBody,
  type BodyKey,
  type CapturedBody,
  type CapturedHead,
} from './bodies/sealed-body.ts';
export { AI_USAGE_STATES, type AiUsageState, type ExchangeRecord, type GapRecord } from './exchange-record.ts';
export { gapLine, recordLine, type AiFields } from './record-line.ts';
export { observedLine } from './observed-line.ts';
export { RecordBatcher, type BatcherOptions, type BatcherStats, type SendBatch } from './record-batcher.ts';
export { startRecorder, type RecorderHandle, type RecorderOptions } from './recorder/start-recorder.ts';
export type { RecorderSettings, RecorderStats, SpoolLimits } from './recorder/protocol.ts';
export { connectRecorder, type RecorderLink } from './recorder/connect-recorder.ts';
export type { OpenReport, SpoolStats } from './spool/spool-writer.ts';
