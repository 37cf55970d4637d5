import { newPasswordHash, parsePasswordHash, verifyPassword } from '@gatehouse/kernel';
import { ServiceError } from '../service-error.ts';

const AT_ONCE = 2;
const WAITING_MAX = 64;
/** Of no password that anybody has: what a sign-in of nobody is checked against, for as much work as any other. */
const NOBODY = '$argon2id$v=19$m=19456,t=2,p=1$Z2F0ZWhvdXNlLW5vYm9keQ$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';

/** Hashes passwords, a few at once: each takes 19 MiB and a thread, and whoever is at the door may ask for one. */
export class HashWork {
  /** How many hashes were made. */
  done = 0;
  #running = 0;
  readonly #waiting: (() => void)[] = [];

  /** The PHC string of a new password. */
  async hash(password: string): Promise<string> {
    return this.#inTurn(async () => newPasswordHash(password));
  }

  /** The same work whether there is such a password or not. */
  async verify(password: string, phc: string | undefined): Promise<boolean> {
    const known = phc === undefined ? undefined : parsePasswordHash(phc);
    const expected = known ?? parsePasswordHash(NOBODY);
    if (expected === undefined) throw new Error('the hash of nobody cannot be read');
    const isRight = await this.#inTurn(async () => verifyPassword(password, expected));
    return isRight && known !== undefined;
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= AT_ONCE) {
      if (this.#waiting.length >= WAITING_MAX) {
        throw new ServiceError('admin.throttled', 'too many sign in at once, try again', { retryAfterS: 1 });
      }
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else this.#running++;
    this.done++;
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#running--;
      else next();
    }
  }
}

/** Of this process, whose threads and memory it is about. */
export const hashWork = new HashWork();
