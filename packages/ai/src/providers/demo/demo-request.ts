import { asFields, asList, asText, listFields, parseJson, type Fields } from '../../loose-json.ts';

/** A chat request as far as the demo model looks at it. */
export interface DemoRequest {
  readonly model: string;
  readonly messages: readonly Fields[];
  readonly stream: boolean;
  readonly includeUsage: boolean;
  readonly tokensMax: number | undefined;
  readonly tools: readonly Fields[];
  readonly toolChoice: unknown;
}

export interface DemoEmbeddingsRequest {
  readonly model: string;
  readonly inputs: readonly (string | readonly number[])[];
  readonly dimensions: number;
  readonly base64: boolean;
}

export interface DemoProblem {
  readonly problem: string;
  readonly param?: string;
}

const DEMO_DIMENSIONS = 256;
const DIMENSIONS_MAX = 4096;
const INPUTS_MAX = 2048;

export function readDemoRequest(body: string): DemoRequest | DemoProblem {
  const request = asFields(parseJson(body));
  if (request === undefined) return { problem: 'The body is not a JSON object.' };
  const model = asText(request['model']);
  if (model === undefined) return { problem: 'The request names no model.', param: 'model' };
  const messages = listFields(request['messages']);
  if (messages.length === 0) return { problem: 'The demo model needs at least one message.', param: 'messages' };
  if ((request['n'] ?? 1) !== 1) return { problem: 'The demo model gives one choice only.', param: 'n' };
  const tokensMax = request['max_completion_tokens'] ?? request['max_tokens'] ?? undefined;
  if (tokensMax !== undefined && !isPositiveInteger(tokensMax)) {
    return { problem: 'The limit of tokens must be a positive integer.', param: 'max_completion_tokens' };
  }
  return {
    model,
    messages,
    stream: request['stream'] === true,
    includeUsage: asFields(request['stream_options'])?.['include_usage'] === true,
    tokensMax,
    tools: listFields(request['tools']),
    toolChoice: request['tool_choice'],
  };
}

export function readDemoEmbeddings(body: string): DemoEmbeddingsRequest | DemoProblem {
  const request = asFields(parseJson(body));
  if (request === undefined) return { problem: 'The body is not a JSON object.' };
  const model = asText(request['model']);
  if (model === undefined) return { problem: 'The request names no model.', param: 'model' };
  const inputs = readInputs(request['input']);
  if (inputs === undefined)
    return { problem: 'Input must be a text, texts, tokens or lists of tokens.', param: 'input' };
  const dimensions = request['dimensions'] ?? DEMO_DIMENSIONS;
  if (!isPositiveInteger(dimensions) || dimensions > DIMENSIONS_MAX) {
    return { problem: `Dimensions must be an integer from 1 to ${DIMENSIONS_MAX}.`, param: 'dimensions' };
  }
  const format = request['encoding_format'] ?? 'float';
  if (format !== 'float' && format !== 'base64') {
    return { problem: 'The encoding format must be float or base64.', param: 'encoding_format' };
  }
  return { model, inputs, dimensions, base64: format === 'base64' };
}

function readInputs(input: unknown): DemoEmbeddingsRequest['inputs'] | undefined {
  const one = readInput(input);
  if (one !== undefined) return [one];
  const inputs = (asList(input) ?? []).flatMap((value) => {
    const read = readInput(value);
    return read === undefined ? [] : [read];
  });
  const complete = inputs.length > 0 && inputs.length === asList(input)?.length && inputs.length <= INPUTS_MAX;
  return complete ? inputs : undefined;
}

function readInput(value: unknown): string | readonly number[] | undefined {
  if (typeof value === 'string') return asText(value);
  const tokens = asList(value);
  return tokens !== undefined && tokens.length > 0 && tokens.every(isToken) ? tokens : undefined;
}

function isToken(value: unknown): value is number {
  return value === 0 || isPositiveInteger(value);
}

function isPositiveInteger(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}
