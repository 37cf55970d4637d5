import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';

export interface TappedReply {
  readonly status: number;
  header(name: string): string | undefined;
}

/** What SDKs got from the gate, seen through Node's own channels, so that no SDK has to be given a fetch of ours. */
export class WireTap {
  readonly #replies: TappedReply[] = [];
  readonly #onUndici = (message: unknown): void => {
    if (isUndici(message)) this.#replies.push(fromUndici(message.response));
  };
  readonly #onHttp = (message: unknown): void => {
    if (isHttp(message)) this.#replies.push(fromHttp(message.response));
  };

  open(): void {
    subscribe('undici:request:headers', this.#onUndici);
    subscribe('http.client.response.finish', this.#onHttp);
  }

  close(): void {
    unsubscribe('undici:request:headers', this.#onUndici);
    unsubscribe('http.client.response.finish', this.#onHttp);
  }

  /** Those since the last time. */
  take(): readonly TappedReply[] {
    return this.#replies.splice(0);
  }
}

interface UndiciReply {
  readonly statusCode: number;
  /** Names and values in turn. */
  readonly headers: readonly Buffer[];
}

function isUndici(message: unknown): message is { readonly response: UndiciReply } {
  return typeof message === 'object' && message !== null && 'response' in message;
}

function isHttp(message: unknown): message is { readonly response: IncomingMessage } {
  return typeof message === 'object' && message !== null && 'response' in message;
}

function fromUndici({ statusCode, headers }: UndiciReply): TappedReply {
  const texts = headers.map((header) => header.toString('latin1'));
  const header = (name: string): string | undefined => {
    const at = texts.findIndex((text, index) => index % 2 === 0 && text.toLowerCase() === name);
    return at === -1 ? undefined : texts[at + 1];
  };
  return { status: statusCode, header };
}

function fromHttp({ statusCode = 0, headers }: IncomingMessage): TappedReply {
  return { status: statusCode, header: (name) => [headers[name]].flat()[0] };
}
