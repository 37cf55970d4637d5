import { createHmac, randomBytes } from 'node:crypto';
import { parsePasswordHash, verifyPassword } from '@gatehouse/kernel';
import { BoundedMap } from '../bounded-map.ts';
import type { BasicCredentials } from './basic-credentials.ts';

const KNOWN_MAX = 10_000;
/** Each takes a core for 30 ms: no more of a worker's at once, and no more that wait. */
const RUNNING_MAX = 2;
const WAITING_MAX = 64;

type Verify = typeof verifyPassword;

/** Checks passwords, those that were right before at once. Keeps none of them, only a digest under a key of its own. */
export class PasswordCheck {
  readonly #known = new BoundedMap<true>(KNOWN_MAX);
  readonly #flights = new Map<string, Promise<boolean>>();
  readonly #waiting: (() => void)[] = [];
  readonly #verify: Verify;
  #running = 0;
  #key: Buffer | undefined;

  constructor(verify: Verify = verifyPassword) {
    this.#verify = verify;
  }

  /** Whether it was right for this very hash: a new password has another. */
  isKnown(shown: BasicCredentials, hash: string): boolean {
    return this.#known.get(this.#digest(shown, hash)) !== undefined;
  }

  async verify(shown: BasicCredentials, hash: string): Promise<boolean | 'busy'> {
    const digest = this.#digest(shown, hash);
    const flight = this.#flights.get(digest);
    if (flight !== undefined) return flight;
    if (this.#running >= RUNNING_MAX && this.#waiting.length >= WAITING_MAX) return 'busy';
    const started = this.#run(shown, hash);
    this.#flights.set(digest, started);
    try {
      const isRight = await started;
      if (isRight) this.#known.set(digest, true);
      return isRight;
    } finally {
      this.#flights.delete(digest);
    }
  }

  async #run({ password }: BasicCredentials, text: string): Promise<boolean> {
    const hash = parsePasswordHash(text);
    if (hash === undefined) return false;
    if (this.#running >= RUNNING_MAX) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    else this.#running++;
    try {
      return await this.#verify(password, hash);
    } finally {
      // Whoever waits takes the place over.
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }

  #digest({ username, password }: BasicCredentials, hash: string): string {
    this.#key ??= randomBytes(32);
    return createHmac('sha256', this.#key)
      .update(JSON.stringify([username, password, hash]))
      .digest('base64');
  }
}
