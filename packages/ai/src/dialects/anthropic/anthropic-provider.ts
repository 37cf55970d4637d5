import type { ProviderDialect } from '../../canonical/dialect.ts';
import { anthropicVersionFor } from './call-plan.ts';
import { modelRules } from './model-rules.ts';
import { readError } from './provider-errors.ts';
import { readReply } from './reply-reader.ts';
import { requestFields } from './request-writer.ts';
import { AnthropicStreamReader } from './stream-reader.ts';
import { NEW_VERSION } from './versions.ts';

/** Anthropic Messages as Anthropic, its mantle at Bedrock, Foundry and vendors of other models speak it. */
export const anthropicProvider: ProviderDialect = {
  name: 'anthropic',
  framing: 'sse',
  path: () => '/messages',
  writeRequest: (request, target, losses) => JSON.stringify(requestFields(request, target, losses)),
  emulatesSchemas: (model) => !modelRules(model).schemas,
  readReply,
  streamReader: (context) => new AnthropicStreamReader(context),
  readError,
};

/** Claude at Vertex: the model stands in the path, below the location, and the version in the body. */
export const vertexAnthropicProvider: ProviderDialect = {
  ...anthropicProvider,
  path({ model, stream }) {
    return `/publishers/anthropic/models/${encodeURIComponent(model)}:${stream ? 'streamRawPredict' : 'rawPredict'}`;
  },
  writeRequest(request, target, losses) {
    const { model: _, ...fields } = requestFields(request, target, losses);
    const version = anthropicVersionFor(request, target);
    return JSON.stringify({ anthropic_version: version === NEW_VERSION ? version : VERTEX_OLD_VERSION, ...fields });
  },
};

const VERTEX_OLD_VERSION = 'vertex-2023-10-16';
