/** The side door: metrics as text, without what makes them of records. */
export { CONTENT_TYPES, formatFor, type ExpositionFormat } from './exposition/accept.ts';
export { isWhole, joined } from './exposition/join.ts';
export {
  familyLines,
  sampleName,
  type MetricFamily,
  type MetricKind,
  type Sample,
} from './exposition/metric-family.ts';
export { asPlainText } from './exposition/plain-text.ts';
