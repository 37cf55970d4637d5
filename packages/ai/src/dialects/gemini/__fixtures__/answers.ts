/** Streams as Google sends them, chunk by chunk. */
const VERSION = { modelVersion: 'gemini-3-flash', responseId: 'r1' };

export function chunk(parts: readonly object[], more: object = {}): object {
  const { usageMetadata, ...candidate } = { usageMetadata: undefined, ...more };
  return {
    candidates: [{ content: { parts, role: 'model' }, index: 0, ...candidate }],
    ...(usageMetadata !== undefined && { usageMetadata }),
    ...VERSION,
  };
}

export const usage = (prompt: number, candidates: number, thoughts?: number): object => ({
  promptTokenCount: prompt,
  candidatesTokenCount: candidates,
  totalTokenCount: prompt + candidates + (thoughts ?? 0),
  ...(thoughts !== undefined && { thoughtsTokenCount: thoughts }),
});

export const TEXT = [
  chunk([{ text: 'Hé' }], { usageMetadata: usage(5, 1) }),
  chunk([{ text: 'llo 😀' }], { usageMetadata: usage(5, 2) }),
  chunk([{ text: '' }], { finishReason: 'STOP', usageMetadata: usage(5, 3) }),
];

export const THOUGHTS_AND_CALLS = [
  chunk([{ text: 'I should ', thought: true }]),
  chunk([{ text: 'look.', thought: true }]),
  chunk([{ text: 'Let me look.' }]),
  chunk([{ functionCall: { name: 'look', args: { at: 'here', big: 1 } }, thoughtSignature: 'c2lnMQ==' }]),
  chunk([{ functionCall: { name: 'look', args: { at: 'there' } } }]),
  chunk([{ functionCall: { name: 'now', id: 'own-id' } }]),
  chunk([{ text: '', thoughtSignature: 'c2lnMg==' }], { finishReason: 'STOP', usageMetadata: usage(9, 4, 7) }),
];

/** As Vertex streams arguments. */
export const PIECES = [
  chunk([{ functionCall: { name: 'write', id: 'c1', willContinue: true } }]),
  chunk([
    {
      functionCall: {
        partialArgs: [{ jsonPath: '$.text', stringValue: 'Once ', willContinue: true }],
        willContinue: true,
      },
    },
  ]),
  chunk([{ functionCall: { partialArgs: [{ jsonPath: '$.text', stringValue: 'upon' }], willContinue: true } }]),
  chunk([{ functionCall: { partialArgs: [{ jsonPath: '$.to[0].n', numberValue: 3 }], willContinue: true } }]),
  chunk([{ functionCall: {} }]),
  chunk([{ functionCall: { name: 'write', id: 'c2', partialArgs: [{ jsonPath: '$.text', stringValue: 'end' }] } }]),
  chunk([], { finishReason: 'STOP', usageMetadata: { trafficType: 'ON_DEMAND', ...usage(3, 2) } }),
];

export const BLOCKED = [
  {
    promptFeedback: { blockReason: 'PROHIBITED_CONTENT', safetyRatings: [{ category: 'X', probability: 'HIGH' }] },
    usageMetadata: { promptTokenCount: 8, totalTokenCount: 8 },
    ...VERSION,
  },
];

export const GROUNDED = [
  chunk([{ text: 'Über ' }]),
  chunk([{ text: 'Köln.' }], {
    groundingMetadata: {
      webSearchQueries: ['Köln'],
      groundingChunks: [{ web: { uri: 'https://example.com/a', title: 'A' } }],
      groundingSupports: [
        { segment: { startIndex: 6, endIndex: 11, text: 'Köln' }, groundingChunkIndices: [0] },
        { segment: { startIndex: 6, endIndex: 11, text: 'Köln' }, groundingChunkIndices: [0, 7] },
      ],
    },
  }),
  chunk([{ text: '' }], { finishReason: 'STOP', usageMetadata: usage(5, 3) }),
];

export const TWO_CANDIDATES = [
  {
    candidates: [
      { content: { parts: [{ text: 'a' }] }, index: 0 },
      { content: { parts: [{ text: 'b' }] }, index: 1 },
    ],
    ...VERSION,
  },
  { candidates: [{ content: { parts: [{ text: 'B' }] }, index: 1, finishReason: 'MAX_TOKENS' }], ...VERSION },
  {
    candidates: [{ content: { parts: [{ text: 'A' }] }, finishReason: 'STOP' }],
    usageMetadata: usage(1, 2),
    ...VERSION,
  },
];

export const CODE_AND_PICTURE = [
  chunk([{ text: 'See: ' }]),
  chunk([{ executableCode: { language: 'PYTHON', code: 'print(1)' } }]),
  chunk([{ codeExecutionResult: { outcome: 'OUTCOME_OK', output: '1' } }]),
  chunk([{ inlineData: { mimeType: 'image/png', data: 'aGk=' }, thought: true }]),
  chunk([{ inlineData: { mimeType: 'image/png', data: 'aGk=' }, thoughtSignature: 'c2ln' }]),
  chunk([{ text: 'Done.' }], { finishReason: 'STOP' }),
];

export const STREAMS = {
  TEXT,
  THOUGHTS_AND_CALLS,
  PIECES,
  BLOCKED,
  GROUNDED,
  TWO_CANDIDATES,
  CODE_AND_PICTURE,
} as const;
