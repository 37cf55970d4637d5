import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { GateConfig } from '@gatehouse/control';

const IV_BYTES = 12;
const TAG_BYTES = 16;

/**
 * What the store had the gate serve last, in the data folder: a gate starts with it whether its store answers or not. It
 * holds keys of providers, so it is sealed.
 */
export class KeptConfig {
  readonly #file: string;
  readonly #key: Uint8Array;

  /** `key`: 32 bytes. */
  constructor(dataDir: string, key: Uint8Array) {
    this.#file = path.join(dataDir, 'store-config.sealed');
    this.#key = key;
  }

  /** Undefined where there is none, or none that can be opened: it is made anew when the store answers. */
  read(): GateConfig | undefined {
    try {
      return configIn(JSON.parse(this.#opened(readFileSync(this.#file))));
    } catch {
      return undefined;
    }
  }

  /** Whole or not at all. */
  write(config: GateConfig): void {
    const draft = `${this.#file}.draft`;
    writeFileSync(draft, this.#sealed(JSON.stringify(config)), { mode: 0o600, flush: true });
    renameSync(draft, this.#file);
  }

  #sealed(text: string): Buffer {
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, iv);
    return Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  }

  #opened(bytes: Buffer): string {
    const decipher = createDecipheriv('aes-256-gcm', this.#key, bytes.subarray(0, IV_BYTES));
    decipher.setAuthTag(bytes.subarray(-TAG_BYTES));
    return Buffer.concat([decipher.update(bytes.subarray(IV_BYTES, -TAG_BYTES)), decipher.final()]).toString('utf8');
  }
}

function configIn(value: unknown): GateConfig | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  const { text, documents } = Object.fromEntries<unknown>(Object.entries(value));
  if (typeof text !== 'string' || typeof documents !== 'object' || documents === null) return undefined;
  const texts = Object.entries(documents).map(([name, document]) => [name, String(document)] as const);
  return { text, documents: Object.fromEntries(texts) };
}
