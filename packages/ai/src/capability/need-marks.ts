import type { Need } from './call-needs.ts';

/**
 * Could a body have this need? In every dialect the need goes with one of these words, so that a body without them is
 * not parsed to ask. A body that spells them with escapes is let through: then the vendor refuses.
 */
export function mayNeed(body: Buffer, need: Need | 'reasoning'): boolean {
  return MARKS[need].some((mark) => body.includes(mark));
}

const MARKS: Readonly<Record<Need | 'reasoning', readonly Buffer[]>> = {
  vision: marks('image'),
  documents: marks('document', 'file', 'pdf'),
  audio: marks('audio'),
  tools: marks('"tools"', '"toolConfig"', '"tool_config"', '"functions"'),
  // Capitals and Ollama's `format` included.
  schema: marks('chema', '"format"'),
  reasoning: marks('reasoning', 'think', 'effort'),
};

/**
 * Does it ask for a wider window than usual, or to have cut off what does not fit? Then its length is between the caller
 * and the vendor.
 */
export function bendsContext(body: Buffer): boolean {
  return BENDERS.some((mark) => body.includes(mark));
}

const BENDERS = marks(
  'context-1m',
  '"truncation"',
  '"context_management"',
  '"transforms"',
  '"compaction"',
  '"context-compression"',
);

function marks(...words: readonly string[]): readonly Buffer[] {
  return words.map((word) => Buffer.from(word));
}
