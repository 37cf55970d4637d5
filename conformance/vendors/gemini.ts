import type { Answer, StopKind } from '../scenario.ts';
import { callsOf, pieces, signatureOf, sse, unknownMembers, type Vendor, spoken, unsequenced } from './vendor.ts';

const SIGNATURE = signatureOf('gemini');

const STOPS: Readonly<Record<StopKind, string>> = {
  end: 'STOP',
  stop_sequence: 'STOP',
  length: 'MAX_TOKENS',
  tool_calls: 'STOP',
  content_filter: 'SAFETY',
  refusal: 'SAFETY',
};

const KNOWN =
  'contents systemInstruction generationConfig tools toolConfig safetySettings cachedContent labels serviceTier store ' +
  'continuationToken';

/** Reference §2.5. */
export const geminiVendor: Vendor = {
  name: 'gemini',
  dialects: ['gemini'],
  namesCalls: false,
  model: 'gemini-3-pro',
  config: (origin) => `{ kind: google, baseUrl: "${origin}/gemini/v1beta", apiKey: vendor-key }`,
  isStream: ({ path }) => path.includes(':streamGenerateContent'),
  streamType: 'text/event-stream',
  plain: (answer) => JSON.stringify(chunk(answer, { parts: partsOf(answer), finished: true })),
  stream: (answer) => {
    const parts = partsOf(answer).flatMap((part) => inPieces(part));
    return parts.map((part, at) => sse(chunk(answer, { parts: [part], finished: at === parts.length - 1 })));
  },
  error: (status, message) => JSON.stringify(failure(status, message)),
  streamError: (message) => sse(failure(503, message)),
  tells: (answer) => ({ ...unsequenced(spoken(answer)), stop: SEEN[answer.stop] ?? answer.stop }),
  complaint: ({ body, path, headers }) => {
    if (headers['x-goog-api-key'] !== 'vendor-key') return 'API key not valid';
    if (path.includes(':streamGenerateContent') && !path.includes('alt=sse')) return 'no SSE asked for';
    if (!callsAreSigned(body['contents'])) return 'Function call is missing a thought_signature';
    return unknownMembers(body, KNOWN);
  },
};

const SEEN: Partial<Readonly<Record<StopKind, StopKind>>> = { stop_sequence: 'end', refusal: 'content_filter' };

/** In the turn that is still open the first call of each step has its signature, or says that it has none. */
function callsAreSigned(contents: unknown): boolean {
  const turns: unknown[] = Array.isArray(contents) ? contents : [];
  const texts = turns.map((turn) => JSON.stringify(turn));
  const open = texts.slice(texts.findLastIndex((turn) => turn.includes('"role":"user"') && turn.includes('"text"')));
  const proof = new RegExp(`"thoughtSignature":"(?:${SIGNATURE}|skip_thought_signature_validator)"`);
  return open.every((turn) => !turn.includes('"functionCall"') || proof.test(turn));
}

type Part = Readonly<Record<string, unknown>>;

function partsOf(answer: Answer): Part[] {
  const said = answer.text ?? answer.refusal;
  const signed = answer.reasoning !== undefined;
  const calls = callsOf(answer).map(({ at, name, args }) => ({
    functionCall: { name, args },
    // Generation 3 signs the first call of each step, however little it thought.
    ...(at === 0 && { thoughtSignature: SIGNATURE }),
  }));
  return [
    ...(answer.reasoning === undefined ? [] : [{ text: answer.reasoning, thought: true }]),
    ...(said === undefined
      ? []
      : [{ text: said, ...(signed && calls.length === 0 && { thoughtSignature: SIGNATURE }) }]),
    ...calls,
  ];
}

/** In streams the signature of a text comes on an empty part at its end. */
function inPieces(part: Part): Part[] {
  const { text, thoughtSignature, ...rest } = part;
  if (typeof text !== 'string') return [part];
  const texts = pieces(text, 12).map((piece) => ({ text: piece, ...rest }));
  return thoughtSignature === undefined ? texts : [...texts, { text: '', thoughtSignature }];
}

function chunk(answer: Answer, { parts, finished }: { parts: readonly Part[]; finished: boolean }): object {
  const candidate = {
    content: { parts, role: 'model' },
    ...(finished && { finishReason: STOPS[answer.stop] }),
    index: 0,
  };
  return {
    candidates: [candidate],
    usageMetadata: usage(answer, finished),
    modelVersion: 'gemini-3-pro-001',
    responseId: 'Conf0rmanceAbCd',
  };
}

function usage({ usage: { input, cached, output, reasoning } }: Answer, finished: boolean): object {
  const prompt = input + cached;
  const written = finished ? output : 1;
  return {
    promptTokenCount: prompt,
    ...(cached > 0 && { cachedContentTokenCount: cached }),
    candidatesTokenCount: written,
    totalTokenCount: prompt + written + reasoning,
    promptTokensDetails: [{ modality: 'TEXT', tokenCount: prompt }],
    ...(reasoning > 0 && { thoughtsTokenCount: reasoning }),
  };
}

const STATUSES: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

function failure(code: number, message: string): object {
  return { error: { code, message, status: STATUSES[code] ?? 'INTERNAL' } };
}
