import type { ChatReply, Choice } from '../../canonical/chat-reply.ts';
import type { Citation } from '../../canonical/chat-request.ts';
import type { ReplyContext } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import {
  answerPart,
  candidateNatives,
  citationMetadata,
  firstCallPart,
  isRefused,
  showsThoughts,
} from './answer-parts.ts';
import { isSigned } from './carried-signature.ts';
import { writeFinish } from './finish-reason.ts';
import { writeLogprobs } from './logprobs-result.ts';
import { writeUsage } from './usage-metadata.ts';

export function writeGeminiReply(reply: ChatReply, { request }: ReplyContext): string {
  const { id, model, choices, usage, ext } = reply;
  const refused = isRefused(ext) && choices.every(({ blocks }) => blocks.length === 0);
  const shows = showsThoughts(request);
  return JSON.stringify({
    ...(!refused && { candidates: choices.map((choice) => writeCandidate(choice, shows)) }),
    ...(usage !== undefined && { usageMetadata: writeUsage(usage) }),
    ...ext?.gemini,
    modelVersion: model,
    responseId: id,
  });
}

function writeCandidate({ index, blocks: all, stop, logprobs }: Choice, showsAll: boolean): JsonFields {
  const blocks = showsAll ? all : all.filter((block) => block.type !== 'reasoning' || isSigned(block));
  const first = blocks.find((block) => block.type === 'tool_call');
  const parts = blocks
    .map((block) => (block === first ? firstCallPart(first) : answerPart(block)))
    .filter((part) => part !== undefined);
  const natives = blocks.map((block) => (block.type === 'opaque' ? candidateNatives(block) : undefined));
  const texts = blocks.filter((block) => block.type === 'text');
  const citations = texts.flatMap((block) => block.citations ?? []);
  const said = texts.map(({ text }) => text).join('');
  return {
    content: { parts, role: 'model' },
    index,
    ...candidateEnd({ stop, logprobs, citations, said, natives: Object.assign({}, ...natives) }),
  };
}

/** What stands in the last chunk of a candidate. */
export function candidateEnd({ stop, logprobs, citations, said, natives }: CandidateEnd): JsonFields {
  const cited = citationMetadata(citations, said);
  const probed = writeLogprobs(logprobs);
  const continues = stop.raw === 'CONTINUATION' && natives['continuationToken'] !== undefined;
  return {
    finishReason: continues ? 'CONTINUATION' : writeFinish(stop),
    ...(stop.detail !== undefined && { finishMessage: stop.detail }),
    ...(cited !== undefined && { citationMetadata: cited }),
    ...(probed !== undefined && { logprobsResult: probed }),
    ...natives,
  };
}

export type CandidateEnd = Pick<Choice, 'stop'> & {
  readonly logprobs: Choice['logprobs'] | undefined;
  readonly citations: readonly Citation[];
  /** The text that they are about. */
  readonly said: string;
  readonly natives: JsonFields;
};
