import type { Answer, StopKind } from '../scenario.ts';
import { awsFrame } from './aws-frame.ts';
import {
  callsOf,
  pieces,
  signatureOf,
  unknownMembers,
  type Vendor,
  type VendorCall,
  spoken,
  uncountedThoughts,
} from './vendor.ts';

const SIGNATURE = signatureOf('bedrock');

const STOPS: Readonly<Record<StopKind, string>> = {
  end: 'end_turn',
  stop_sequence: 'stop_sequence',
  length: 'max_tokens',
  tool_calls: 'tool_use',
  content_filter: 'content_filtered',
  refusal: 'content_filtered',
};

const KNOWN =
  'messages system inferenceConfig toolConfig additionalModelRequestFields additionalModelResponseFieldPaths ' +
  'guardrailConfig performanceConfig serviceTier outputConfig requestMetadata promptVariables';

/** Reference §2.6. */
export const bedrockVendor: Vendor = {
  name: 'bedrock',
  dialects: ['bedrock'],
  model: 'us.anthropic.claude-sonnet-4-6-v1:0',
  config: (origin) =>
    `{ kind: bedrock, baseUrl: "${origin}/bedrock", accessKeyId: AKIDEXAMPLE, secretAccessKey: secret, region: us-east-1 }`,
  isStream: ({ path }) => path.endsWith('/converse-stream'),
  streamType: 'application/vnd.amazon.eventstream',
  plain: (answer, call) =>
    JSON.stringify({
      output: { message: { role: 'assistant', content: contentOf(answer) } },
      stopReason: STOPS[answer.stop],
      ...sequenceOf(answer, call),
      usage: usage(answer),
      metrics: { latencyMs: 321 },
    }),
  stream: frames,
  error: (_, message) => JSON.stringify({ message }),
  errorHeaders: (status) => ({ 'x-amzn-errortype': `${ERRORS[status] ?? 'InternalServerException'}:http://internal/` }),
  streamError: (message) =>
    awsFrame(
      {
        ':exception-type': 'modelStreamErrorException',
        ':content-type': 'application/json',
        ':message-type': 'exception',
      },
      { message },
    ),
  tells: (answer) => ({
    ...uncountedThoughts(spoken(answer)),
    stop: answer.stop === 'refusal' ? 'content_filter' : answer.stop,
  }),
  complaint: ({ body, headers }) => {
    if (!String(headers['authorization']).startsWith('AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/')) return 'not signed';
    const thoughts = [...JSON.stringify(body['messages']).matchAll(/"reasoningText":(\{[^}]*\})/g)];
    if (thoughts.some(([, thought = '']) => !thought.includes(SIGNATURE))) return 'signature: Field required';
    const calls = /"tool(?:Use|Result)"/.test(JSON.stringify(body['messages']));
    return calls && body['toolConfig'] === undefined ? 'toolConfig: required' : unknownMembers(body, KNOWN);
  },
};

const ERRORS: Readonly<Record<number, string>> = {
  400: 'ValidationException',
  401: 'UnrecognizedClientException',
  403: 'AccessDeniedException',
  429: 'ThrottlingException',
  503: 'ServiceUnavailableException',
};

function contentOf(answer: Answer): object[] {
  const said = answer.text ?? answer.refusal;
  return [
    ...(answer.reasoning === undefined
      ? []
      : [{ reasoningContent: { reasoningText: { text: answer.reasoning, signature: SIGNATURE } } }]),
    ...(said === undefined ? [] : [{ text: said }]),
    ...callsOf(answer).map(({ at, name, args }) => ({ toolUse: { toolUseId: callId(at), name, input: args } })),
  ];
}

function callId(at: number): string {
  return `tooluse_Conf0rmance-_${at}Ab`;
}

function usage({ usage: { input, cached, output, reasoning } }: Answer): object {
  return {
    inputTokens: input,
    outputTokens: output + reasoning,
    totalTokens: input + cached + output + reasoning,
    cacheReadInputTokens: cached,
    cacheWriteInputTokens: 0,
  };
}

/** Claude's own member of the answer, for those who ask for it. */
function sequenceOf({ sequence }: Answer, { body }: VendorCall): object {
  const paths = body['additionalModelResponseFieldPaths'];
  if (!Array.isArray(paths) || !paths.includes('/stop_sequence')) return {};
  return { additionalModelResponseFields: { stop_sequence: sequence ?? null } };
}

function frames(answer: Answer, call: VendorCall): Buffer[] {
  const records = [event('messageStart', { role: 'assistant' })];
  let at = 0;
  const block = (deltas: readonly object[], start?: object): void => {
    if (start !== undefined) records.push(event('contentBlockStart', { contentBlockIndex: at, start }));
    for (const delta of deltas) records.push(event('contentBlockDelta', { contentBlockIndex: at, delta }));
    records.push(event('contentBlockStop', { contentBlockIndex: at++ }));
  };
  const said = answer.text ?? answer.refusal;
  if (answer.reasoning !== undefined) {
    const thoughts = pieces(answer.reasoning).map((text) => ({ reasoningContent: { text } }));
    block([...thoughts, { reasoningContent: { signature: SIGNATURE } }]);
  }
  if (said !== undefined) block(pieces(said).map((text) => ({ text })));
  for (const { at: number, name, args } of callsOf(answer)) {
    const input = pieces(JSON.stringify(args)).map((part) => ({ toolUse: { input: part } }));
    block(input, { toolUse: { toolUseId: callId(number), name } });
  }
  records.push(event('messageStop', { stopReason: STOPS[answer.stop], ...sequenceOf(answer, call) }));
  return [...records, event('metadata', { usage: usage(answer), metrics: { latencyMs: 321 } })];
}

function event(type: string, payload: object): Buffer {
  const headers = { ':event-type': type, ':content-type': 'application/json', ':message-type': 'event' };
  return awsFrame(headers, { ...payload, p: 'abcdefghij' });
}
