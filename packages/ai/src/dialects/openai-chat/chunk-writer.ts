import type { JsonFields } from '../../canonical/json.ts';

/** What every chunk of one stream shares, made into text once. */
export interface ChunkHead {
  readonly id: string;
  readonly created: number;
  readonly model: string;
  readonly ext: JsonFields | undefined;
  /** Chunks name the usage that they do not have, as whoever asked for it expects. */
  readonly withUsage: boolean;
}

/** Writes chunks as events. Deltas come as JSON text, because nearly all of them are one string in a fixed frame. */
export class ChunkWriter {
  readonly #head: string;
  readonly #tail: string;

  constructor({ id, created, model, ext, withUsage }: ChunkHead) {
    const head = JSON.stringify({ id, object: 'chat.completion.chunk', created, model, ...ext });
    this.#head = `data: ${head.slice(0, -1)},"choices":[`;
    this.#tail = withUsage ? '],"usage":null}\n\n' : ']}\n\n';
  }

  delta(choice: number, delta: string): string {
    return `${this.#head}{"index":${choice},"delta":${delta},"finish_reason":null}${this.#tail}`;
  }

  finish(choice: number, reason: string, logprobs: JsonFields[string] | undefined): string {
    const likelihoods = logprobs === undefined ? '' : `,"logprobs":${JSON.stringify(logprobs)}`;
    return `${this.#head}{"index":${choice},"delta":{}${likelihoods},"finish_reason":${JSON.stringify(reason)}}${this.#tail}`;
  }

  usage(usage: JsonFields): string {
    return `${this.#head}],"usage":${JSON.stringify(usage)}}\n\n`;
  }
}
