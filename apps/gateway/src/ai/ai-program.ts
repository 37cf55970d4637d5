import { describeModel, listModels, ModelRouter, type Cooldowns } from '@gatehouse/ai';
import type { AiEndpoint, AiSpec } from '@gatehouse/config';
import type { GateExchange } from '../exchange.ts';
import type { House } from '../house.ts';
import { ownMessage } from '../problem.ts';
import { AiCall } from './ai-call.ts';
import { editedLines } from './edited-lines.ts';

/** The AI gateway of one snapshot. */
export class AiProgram {
  readonly spec: AiSpec;
  readonly house: House;
  readonly router: ModelRouter;
  /** Providers, by name, that refused a stream because the gate had asked for its usage. */
  readonly usageRefusers = new Set<string>();

  constructor(spec: AiSpec, house: House) {
    this.spec = spec;
    this.house = house;
    this.router = new ModelRouter(spec, house.cooldowns);
  }

  get cooldowns(): Cooldowns {
    return this.house.cooldowns;
  }

  start(exchange: GateExchange, endpoint: AiEndpoint): void {
    if (endpoint === 'chat' || endpoint === 'embeddings') {
      new AiCall(exchange, endpoint, this).begin();
      return;
    }
    const allowed = exchange.credential === undefined ? ['*'] : exchange.credential.models;
    const id = decoded(exchange.params['*'] ?? '');
    const found = endpoint === 'models' ? listModels(this.router, allowed) : describeModel(this.router, allowed, id);
    if (found === undefined) {
      exchange.forward.refuse({ code: 'provider.model_not_found', detail: `the model \`${id}\` does not exist` });
      return;
    }
    const lines = editedLines(exchange, { status: 200, lines: 'content-type: application/json\r\n' });
    const options = { keepAlive: exchange.caller.persists, headOnly: exchange.method === 'HEAD' };
    const message = ownMessage({ status: 200, lines }, JSON.stringify(found), options);
    exchange.forward.answer({ status: 200, message }, undefined);
  }
}

/** What is no percent-encoded UTF-8 stands for itself, and names nothing. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
