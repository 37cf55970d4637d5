import type { RequestEvents, ServerConnection } from '@gatehouse/http';
import { GatehouseError, type ErrorCode } from '@gatehouse/kernel';
import type { House } from '../house.ts';
import { GatheredBody } from './gathered-body.ts';

/** A request whose body a policy has asked for; who answers it once the body is there. */
export interface BodyOwner {
  readonly caller: ServerConnection;
  readonly forward: RequestEvents;
  readonly contentLength: number | undefined;
}

/**
 * The whole body of one request, for the policies that ask for it: gathered once, given to all. Until it is there, the
 * connection reports here; afterwards to the forward again.
 */
export class AskedBody implements RequestEvents {
  readonly #owner: BodyOwner;
  readonly #body: GatheredBody;
  readonly #bytesMax: number;
  readonly #whole: Promise<Buffer>;
  #resolve: (body: Buffer) => void = () => {};
  #reject: (error: GatehouseError) => void = () => {};
  #gathered: Buffer | undefined;
  #replacement: Buffer | undefined;

  constructor(owner: BodyOwner, house: Pick<House, 'wheel' | 'bodies'>, bytesMax: number) {
    this.#owner = owner;
    this.#bytesMax = bytesMax;
    this.#body = new GatheredBody({ wheel: house.wheel, bytesMax, room: house.bodies });
    this.#whole = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** How much the caller sent, once that is known. */
  get callersBytes(): number {
    return this.#gathered?.length ?? 0;
  }

  /** What goes on: the caller's body, or what a policy has put in its place. Undefined before it is there. */
  get toSend(): Buffer | undefined {
    return this.#replacement ?? this.#gathered;
  }

  replace(body: Buffer): void {
    if (this.#gathered === undefined) throw new GatehouseError('gateway.internal', 'the body is not there yet');
    this.#replacement = body;
  }

  async whole(bytesMax: number): Promise<Buffer> {
    const whole = this.#replacement ?? (await this.#whole);
    if (whole.length > bytesMax) throw tooLarge(bytesMax);
    return whole;
  }

  begin(): this {
    const { caller, contentLength = 0 } = this.#owner;
    if (contentLength > this.#bytesMax) {
      this.#reject(tooLarge(this.#bytesMax));
      return this;
    }
    caller.handOver(this);
    this.#body.begin(this, () => this.#fail('request.timeout', 'the request body took too long'));
    caller.wantBody();
    return this;
  }

  /** The exchange is over. */
  drop(): void {
    this.#body.drop();
    this.#gathered = undefined;
    this.#replacement = undefined;
  }

  onReady(): void {}

  onBodyData(bytes: Buffer, start: number, end: number): void {
    const wrong = this.#body.add(bytes, start, end);
    if (wrong === 'large') this.#stop(tooLarge(this.#bytesMax));
    else if (wrong === 'crowded') this.#fail('gateway.overloaded', 'too many large bodies at once, try again');
  }

  onBodyEnd(): void {
    const whole = this.#body.take();
    this.#gathered = whole;
    this.#owner.caller.handOver(this.#owner.forward);
    this.#resolve(whole);
  }

  #fail(code: ErrorCode, detail: string): void {
    this.#stop(new GatehouseError(code, detail));
  }

  #stop(error: GatehouseError): void {
    this.#body.drop();
    this.#owner.caller.handOver(this.#owner.forward);
    this.#reject(error);
  }

  onSettled(): void {}

  onCallerDrain(): void {}

  onCallerGone(code: ErrorCode, answerable: boolean): void {
    this.#owner.caller.handOver(this.#owner.forward);
    this.#owner.forward.onCallerGone(code, answerable);
    this.#fail(code, 'the request body broke off');
  }

  onFault(error: unknown): void {
    this.#owner.caller.handOver(this.#owner.forward);
    this.#owner.forward.onFault(error);
    this.#fail('gateway.internal', 'the request body could not be read');
  }
}

function tooLarge(bytesMax: number): GatehouseError {
  return new GatehouseError('request.body_too_large', `the body may have ${bytesMax} bytes`);
}
