import { compilePrompt, promptCard, promptDoor, versionWished, type Door, type Prompt } from '@gatehouse/ai';
import type { PromptTarget, PublishedPromptSpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import type { GateExchange } from '../exchange.ts';
import { isClosed, mayAsk } from './ai-access.ts';
import { AiCall } from './ai-call.ts';
import type { AiProgram } from './ai-program.ts';
import { answerJson } from './answer-json.ts';

interface Published {
  readonly prompt: Prompt;
  readonly description: string | undefined;
  readonly door: Door;
}

/** The prompts of one snapshot, each behind a door of its own. */
export class AiPrompts {
  readonly #published = new Map<string, Published>();

  constructor(specs: Readonly<Record<string, PublishedPromptSpec>>) {
    for (const spec of Object.values(specs)) this.#published.set(spec.name, published(spec));
  }

  start(exchange: GateExchange, { prompt: name, wants }: PromptTarget, program: AiProgram): void {
    const found = this.#published.get(name);
    if (found === undefined) throw new GatehouseError('gateway.internal', `no such prompt: ${name}`);
    const { credential, forward } = exchange;
    if (isClosed(credential, name)) {
      forward.refuse({ code: 'auth.forbidden', detail: `this key may not call the prompt \`${name}\`` });
    } else if (wants === 'card') show(exchange, found);
    else new AiCall(exchange, found.door, program).begin();
  }
}

/** The configuration was checked when it was read; whoever makes a snapshot in another way is told here. */
function published(spec: PublishedPromptSpec): Published {
  const result = compilePrompt(spec);
  if ('problems' in result) {
    const [first] = result.problems;
    const where = `${spec.name}: ${first?.place ?? ''} ${first?.message ?? ''}`;
    throw new GatehouseError('config.invalid', `a prompt cannot be compiled, ${where}`);
  }
  return { prompt: result.prompt, description: spec.description, door: promptDoor(result.prompt, spec) };
}

function show(exchange: GateExchange, { prompt, description }: Published): void {
  const { credential, forward } = exchange;
  const asked = versionWished(new URLSearchParams(exchange.query), exchange);
  const version = prompt.versions.get(asked ?? prompt.current.version);
  if (version === undefined) {
    forward.refuse({ code: 'request.malformed', detail: 'the prompt has no such version' });
    return;
  }
  const { model } = version.spec;
  if (!mayAsk(credential, model, prompt.name)) {
    forward.refuse({ code: 'auth.forbidden', detail: `this key may not call the model \`${model}\`` });
  } else answerJson(exchange, JSON.stringify(promptCard(prompt, version, description)));
}
