import { GatehouseError } from '@gatehouse/kernel';
import type { ChatRequest } from '../canonical/chat-request.ts';
import type { CallerDialect } from '../canonical/dialect.ts';
import type { PromptVersion } from './compile-prompt.ts';
import { promptProblem } from './prompt-problem.ts';
import { unfitOutput, readPromptReply } from './prompt-reply.ts';
import { PromptStreamWriter } from './prompt-stream-writer.ts';

/**
 * What callers of a prompt speak, for one call: variables go in, which `request` was made of, and the output comes out.
 * No provider speaks it, so nothing of such a call passes untouched.
 */
export function promptCaller(version: PromptVersion, request: ChatRequest): CallerDialect<'prompt'> {
  return {
    name: 'prompt',
    framing: 'sse',
    streamType: 'text/event-stream; charset=utf-8',
    // Two templates may mean the same to an embedder; the operator has written another one for a reason.
    get madeOf() {
      return [version.prompt, version.version, version.spec.messages.map(({ role, text }) => [role, text])];
    },
    readRequest: () => request,
    unfit(reply) {
      const read = readPromptReply(version, reply);
      return 'problem' in read ? unfitOutput(read.problem) : undefined;
    },
    writeReply(reply) {
      const read = readPromptReply(version, reply);
      if ('problem' in read) throw new GatehouseError(unfitOutput(read.problem).code, read.problem.message);
      return JSON.stringify(read.reply);
    },
    streamWriter: () => new PromptStreamWriter(version),
    writeError: promptProblem,
  };
}
