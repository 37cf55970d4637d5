import { ERRORS } from '@gatehouse/kernel';
import type { ChatRequest } from '../canonical/chat-request.ts';
import { parseExact, type Json } from '../canonical/json.ts';
import { Untranslatable } from '../canonical/loss.ts';
import type { RequestProblem } from '../dialects/openai-chat/request-members.ts';
import { scanObject } from '../json-scan.ts';
import { estimateTokens } from '../pricing/token-estimate.ts';
import type { Prompt, PromptVersion } from '../prompts/compile-prompt.ts';
import { promptCaller } from '../prompts/prompt-caller.ts';
import { promptProblem } from '../prompts/prompt-problem.ts';
import { readPromptWish, type PromptWish } from '../prompts/prompt-wish.ts';
import { VariablesRefused } from '../prompts/read-variables.ts';
import { render, versionOf } from '../prompts/render.ts';
import { ChatCall } from './chat-call.ts';
import { ChatRelay } from './chat-relay.ts';
import { opened, type Door, type DoorFacts } from './doors.ts';
import { providersError } from './refusals.ts';
import type { Destination, LocalAnswer, OpenedCall } from './relay.ts';

export interface PromptDoorOptions {
  /** Callers may see what would be sent, the operator's words included. */
  readonly dryRun: boolean;
}

/** The path of a prompt: variables come in, and what goes to a provider is always written anew. */
export function promptDoor(prompt: Prompt, options: PromptDoorOptions): Door {
  return {
    open(body, facts) {
      try {
        const wish = readPromptWish(facts);
        if (wish.dryRun && !options.dryRun) throw new Untranslatable(HIDDEN, 'dry-run');
        return openPrompt(prompt, wish, { body, facts });
      } catch (error) {
        if (!(error instanceof VariablesRefused)) throw error;
        const { message, param, errors } = error;
        const several = `${errors.length} of the values are not what the prompt takes.`;
        return { problem: errors.length === 1 ? message : several, param, errors };
      }
    },
    refusal: ({ code, detail, requestId, errors }) =>
      promptProblem({ status: ERRORS[code].status, code, message: detail, requestId, errors }),
    failure: (error, requestId) => promptProblem(providersError(error, requestId)),
  };
}

const HIDDEN = 'This prompt does not show what it would send: `dryRun` is not set for it.';

interface Given {
  readonly body: Buffer;
  readonly facts: DoorFacts;
}

function openPrompt(prompt: Prompt, wish: PromptWish, { body, facts }: Given): OpenedCall | RequestProblem {
  const version = versionOf(prompt, wish.version);
  const text = body.length === 0 ? NOTHING : body;
  const variables = variablesOf(text);
  if (variables === undefined) return { problem: problemOf(text), param: undefined };
  const stream = wish.stream && !wish.dryRun;
  const request = { ...render(prompt, wish.version, variables), stream };
  const call = new ChatCall({
    caller: promptCaller(version, request),
    body: text,
    facts,
    model: request.model,
    stream,
    patch: notPatched,
  });
  const named = { name: prompt.name, version: version.version };
  if (wish.dryRun) return { ...new DryRun(call, version).opened, prompt: named };
  return { ...opened(call), prompt: named };
}

/** A prompt without variables needs no body. */
const NOTHING = Buffer.from('{}');

function variablesOf(body: Buffer): Json | undefined {
  return 'problem' in scanObject(body) ? undefined : parseExact(body.toString('utf8'));
}

function problemOf(body: Buffer): string {
  const scan = scanObject(body);
  return `The request body ${'problem' in scan ? scan.problem : 'is not valid JSON'}.`;
}

function notPatched(): never {
  throw new Error('the body of a prompt is no request of a provider');
}

/** What would be sent, and to whom: nobody is asked, and nothing is paid or kept. */
class DryRun {
  readonly #call: ChatCall;
  readonly #version: PromptVersion;

  constructor(call: ChatCall, version: PromptVersion) {
    this.#call = call;
    this.#version = version;
  }

  get opened(): OpenedCall {
    const { model, caller } = this.#call;
    return {
      dialect: caller.name,
      model,
      stream: false,
      asked: () => ({ inputTokensEstimate: 0, maxOutputTokens: 0 }),
      locally: (destination) => this.#shown(destination),
      relayTo: () => {
        throw new Untranslatable('A dry run is sent nowhere.');
      },
    };
  }

  #shown(destination: Destination): LocalAnswer {
    const { request, model } = this.#call;
    const { prompt, version, schema, spec } = this.#version;
    // Written as it would be sent, for what is lost, and for a target that cannot take it at all.
    const { losses } = new ChatRelay(this.#call, destination);
    const shown = {
      prompt,
      version,
      dryRun: true,
      model,
      target: { kind: destination.row.kind, model: destination.model },
      messages: messagesOf(request),
      parameters: {
        ...spec.sampling,
        ...(spec.maxOutputTokens !== undefined && { maxOutputTokens: spec.maxOutputTokens }),
      },
      output: schema ?? { type: 'string' },
      inputTokensEstimate: estimateTokens(request),
    };
    return { body: JSON.stringify(shown), losses };
  }
}

interface ShownMessage {
  readonly role: string;
  readonly text: string;
}

function messagesOf({ instructions, turns }: ChatRequest): readonly ShownMessage[] {
  return [
    ...instructions.map(({ role, text }) => ({ role, text })),
    ...turns.map(({ role, blocks }) => ({
      role,
      text: blocks.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    })),
  ];
}
