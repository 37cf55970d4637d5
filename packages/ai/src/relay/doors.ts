import type { DialectName } from '../canonical/chat-request.ts';
import type { CallerDialect, CallFacts } from '../canonical/dialect.ts';
import { parseExact, type Json } from '../canonical/json.ts';
import { Untranslatable } from '../canonical/loss.ts';
import { anthropicCaller } from '../dialects/anthropic/anthropic-caller.ts';
import { scanAnthropicRequest } from '../dialects/anthropic/scan-request.ts';
import { readCountRequest } from '../dialects/anthropic/request-reader.ts';
import { writeCountReply } from '../dialects/anthropic/count-tokens.ts';
import { bedrockCaller } from '../dialects/bedrock/bedrock-caller.ts';
import { bedrockCallFromPath } from '../dialects/bedrock/bedrock-path.ts';
import { cohereCaller } from '../dialects/cohere/cohere-caller.ts';
import { cohereEmbeddingsCaller } from '../dialects/cohere/cohere-embeddings.ts';
import { scanCohereRequest } from '../dialects/cohere/scan-request.ts';
import { geminiCallFromPath } from '../dialects/gemini/call-path.ts';
import {
  readCountRequest as readGeminiCount,
  writeCountReply as writeGeminiCount,
} from '../dialects/gemini/count-tokens.ts';
import { geminiEmbeddingsCaller } from '../dialects/gemini/gemini-embeddings.ts';
import { scanGeminiRequest } from '../dialects/gemini/scan-request.ts';
import { geminiArrayCaller, geminiCaller } from '../dialects/gemini/gemini-caller.ts';
import type { EmbeddingsCaller } from '../dialects/chat-shaped/embeddings-form.ts';
import { ollamaCaller } from '../dialects/ollama/ollama-caller.ts';
import { ollamaEmbeddingsCaller } from '../dialects/ollama/ollama-embeddings.ts';
import { scanOllamaRequest } from '../dialects/ollama/scan-request.ts';
import { mistralSdkCaller, openAiChatCaller } from '../dialects/openai-chat/caller.ts';
import { openAiError, withWait } from '../dialects/openai-chat/errors.ts';
import { openAiEmbeddingsCaller } from '../dialects/openai-chat/openai-embeddings.ts';
import { patchChatRequest } from '../dialects/openai-chat/patch-request.ts';
import { readChatRequest, readEmbeddingsRequest } from '../dialects/openai-chat/request.ts';
import { scanRequest, type RequestProblem } from '../dialects/openai-chat/request-members.ts';
import { openAiResponsesCaller } from '../dialects/openai-responses/caller.ts';
import { scanResponsesRequest } from '../dialects/openai-responses/scan-request.ts';
import { readFormCall } from '../endpoints/form-request.ts';
import { readJsonCall } from '../endpoints/json-request.ts';
import { SIDE_ROWS } from '../endpoints/side-rows.ts';
import type { ErrorReply, ProviderError } from '../provider-error.ts';
import type { SideEndpoint } from '../providers/provider-row.ts';
import { ChatCall, type ChatCallParts } from './chat-call.ts';
import { CountCall } from './count-call.ts';
import { ChatRelay } from './chat-relay.ts';
import { OpenedEmbeddings } from './embeddings-call.ts';
import { EmbeddingsPassage } from './embeddings-passage.ts';
import { ChatPassage } from './openai-passage.ts';
import { dialectFor } from './provider-dialects.ts';
import { ownError, providersError, type Refusal } from './refusals.ts';
import { OpenedSide } from './side-call.ts';
import type { Destination, OpenedCall, Relay } from './relay.ts';

/** What stands in the request line and the headers of a call. */
export interface DoorFacts extends CallFacts {
  /** Canonical, without query. */
  readonly path: string;
  /** With its question mark, or ''. */
  readonly query: string;
}

/** One of the gate's AI paths: how a call there is read, and how its refusals look. */
export interface Door {
  open(body: Buffer, facts: DoorFacts): OpenedCall | RequestProblem;
  refusal(refusal: Refusal): ErrorReply;
  failure(error: ProviderError, requestId: string): ErrorReply;
}

interface Scanned {
  readonly model: string;
  readonly stream: boolean;
  patch(model: string): Buffer;
}

const openAiErrors = {
  refusal: ({ code, detail, param, retryAfterMs }: Refusal) => withWait(openAiError(code, detail, param), retryAfterMs),
  // Vendors of other dialects have errors of other shapes; this one's own says more than a new one would.
  failure: (error: ProviderError, requestId: string) =>
    error.body.startsWith('{"error":{"message":')
      ? withWait(error, error.retryAfterMs)
      : openAiChatCaller.writeError(providersError(error, requestId)),
};

function errorsOf(caller: CallerDialect): Pick<Door, 'refusal' | 'failure'> {
  return {
    refusal: (refusal) => caller.writeError(ownError(refusal)),
    failure: (error, requestId) => caller.writeError(providersError(error, requestId)),
  };
}

/** A door of a dialect whose body names the model. */
function chatDoor(caller: CallerDialect, scan: (body: Buffer) => Scanned | RequestProblem): Door {
  return {
    ...errorsOf(caller),
    open(body, facts) {
      const scanned = scan(body);
      if ('problem' in scanned) return scanned;
      return opened(new ChatCall({ caller, body, facts, ...scanned, patch: (model) => scanned.patch(model) }));
    },
  };
}

export function opened(call: ChatCall): OpenedCall {
  const { model, stream, caller } = call;
  const relayTo = (destination: Destination): ChatRelay => new ChatRelay(call, destination);
  return { dialect: caller.name, model, stream, ...questions(call), chat: call, relayTo };
}

function questions(call: ChatCall): Pick<OpenedCall, 'asked' | 'session' | 'prefix'> {
  return { asked: () => call.asked(), session: () => call.session(), prefix: () => call.prefix() };
}

/** In `user-agent`, as the SDKs of all languages put it. */
const MISTRAL_SDK = /mistral-client|\bmistralai\b/;

/** OpenAI's own dialect goes the short way where the vendor speaks it. */
const chat: Door = {
  ...openAiErrors,
  open(body, facts) {
    const read = readChatRequest(body);
    if ('problem' in read) return read;
    const { model, stream } = read;
    const patch: ChatCallParts['patch'] = (name, forceUsage) => patchChatRequest(read, { model: name, forceUsage });
    const caller = MISTRAL_SDK.test(facts.header('user-agent') ?? '') ? mistralSdkCaller : openAiChatCaller;
    const call = new ChatCall({ caller, body, facts, model, stream, patch });
    return {
      dialect: 'openai-chat',
      model,
      stream,
      ...questions(call),
      chat: call,
      relayTo(destination) {
        const straight =
          dialectFor(destination.row, 'openai-chat').name === 'openai-chat' &&
          !call.sealed &&
          !(stream && caller.ownStreams === true) &&
          destination.tap === undefined &&
          !call.inlines(destination) &&
          destination.guards?.intervenes !== true;
        return straight ? new ChatPassage(read, destination) : new ChatRelay(call, destination);
      },
    };
  },
};

const embeddings: Door = {
  ...openAiErrors,
  open(body) {
    const read = readEmbeddingsRequest(body);
    if ('problem' in read) return read;
    const pass = (destination: Destination): Relay => new EmbeddingsPassage(read, destination);
    const { model } = read;
    return new OpenedEmbeddings({ dialect: 'openai-chat', model, body, caller: openAiEmbeddingsCaller, pass });
  },
};

/** A door to embeddings of a dialect whose body names the model. */
function embeddingsDoor(dialect: DialectName, caller: CallerDialect, embeds: EmbeddingsCaller): Door {
  return {
    ...errorsOf(caller),
    open(body) {
      const scanned = scanRequest(body, ['model']);
      if ('problem' in scanned) return scanned;
      return new OpenedEmbeddings({ dialect, model: scanned.model, body, caller: embeds });
    },
  };
}

/** A door to one of OpenAI's endpoints beside chat. */
function sideDoor(endpoint: SideEndpoint): Door {
  return {
    ...openAiErrors,
    open(body, facts) {
      const row = SIDE_ROWS[endpoint];
      const read =
        row.body === 'json' ? readJsonCall(row, body) : readFormCall(row, body, facts.header('content-type') ?? '');
      return 'problem' in read ? read : new OpenedSide(endpoint, read);
    },
  };
}

/** Anthropic's way to ask how long a prompt is. */
const countTokens: Door = {
  ...errorsOf(anthropicCaller),
  open(body, facts) {
    const request = readCountRequest(jsonOf(body), facts);
    return new CountCall({ dialect: 'anthropic', request, model: request.model, writeReply: writeCountReply });
  },
};

function jsonOf(body: Buffer): Json {
  const json = parseExact(body.toString('utf8'));
  if (json === undefined) throw new Untranslatable('The request body is not valid JSON.');
  return json;
}

const gemini: Door = {
  ...errorsOf(geminiCaller),
  open(body, facts) {
    const named = geminiCallFromPath(facts.path);
    if (named === undefined) return { problem: 'The path names no model and no action.', param: undefined };
    const { model, action } = named;
    if (action === 'countTokens') {
      const request = readGeminiCount(jsonOf(body), byPath(facts, model, false));
      return new CountCall({ dialect: 'gemini', request, model, writeReply: writeGeminiCount });
    }
    if (action === 'embedContent' || action === 'batchEmbedContents') {
      return new OpenedEmbeddings({ dialect: 'gemini', model, body, caller: geminiEmbeddingsCaller(named) });
    }
    if (action !== 'generateContent' && action !== 'streamGenerateContent') {
      return { problem: `The action '${action}' is not offered here.`, param: undefined };
    }
    const stream = action === 'streamGenerateContent';
    const caller = stream && !/[?&]alt=sse(?:&|$)/.test(facts.query) ? geminiArrayCaller : geminiCaller;
    const scanned = scanGeminiRequest(body, named);
    if ('problem' in scanned) return scanned;
    const patch = (name: string): Buffer => scanned.patch(name);
    return opened(new ChatCall({ caller, body, facts: byPath(facts, model, stream), model, stream, patch }));
  },
};

const converse: Door = {
  ...errorsOf(bedrockCaller),
  open(body, facts) {
    const named = bedrockCallFromPath(facts.path);
    if (named === undefined) return { problem: 'The path names no model.', param: undefined };
    const { model, stream } = named;
    const call = { caller: bedrockCaller, body, facts: byPath(facts, model, stream), model, stream, patch: () => body };
    return opened(new ChatCall(call));
  },
};

function byPath(facts: DoorFacts, model: string, stream: boolean): CallFacts {
  return { model, stream, header: (name) => facts.header(name) };
}

const DOORS = {
  chat,
  responses: chatDoor(openAiResponsesCaller, scanResponsesRequest),
  messages: chatDoor(anthropicCaller, scanAnthropicRequest),
  gemini,
  converse,
  'cohere-chat': chatDoor(cohereCaller, scanCohereRequest),
  'ollama-chat': chatDoor(ollamaCaller, scanOllamaRequest),
  'count-tokens': countTokens,
  embeddings,
  'cohere-embed': embeddingsDoor('cohere', cohereCaller, cohereEmbeddingsCaller),
  images: sideDoor('images'),
  'image-edits': sideDoor('image-edits'),
  transcriptions: sideDoor('transcriptions'),
  translations: sideDoor('translations'),
  speech: sideDoor('speech'),
  moderations: sideDoor('moderations'),
  'ollama-embed': embeddingsDoor('ollama', ollamaCaller, ollamaEmbeddingsCaller),
} as const;

export type DoorName = keyof typeof DOORS;

export function doorOf(name: DoorName): Door {
  return DOORS[name];
}
