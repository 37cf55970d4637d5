import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

type Cbor = number | string | Uint8Array | ReadonlyMap<Cbor, Cbor>;

/** As much of RFC 8949 as authenticators need. */
export function cbor(value: Cbor): Buffer {
  if (typeof value === 'number') return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === 'string') return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (value instanceof Uint8Array) return Buffer.concat([head(2, value.length), value]);
  return Buffer.concat([head(5, value.size), ...[...value].flatMap(([key, item]) => [cbor(key), cbor(item)])]);
}

function head(major: number, count: number): Buffer {
  if (count < 24) return Buffer.from([(major << 5) | count]);
  if (count < 256) return Buffer.from([(major << 5) | 24, count]);
  return Buffer.from([(major << 5) | 25, count >> 8, count & 255]);
}

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest();
const text = (data: Uint8Array | string): string => Buffer.from(data).toString('base64url');

/** What a ceremony is to look like where it is not as it should be. */
export interface Ceremony {
  readonly origin?: string;
  readonly rpId?: string;
  readonly challenge?: string;
  readonly type?: string;
  readonly isVerified?: boolean;
  readonly counter?: number;
  readonly fmt?: string;
  readonly userHandle?: string;
  readonly key?: KeyObject;
  readonly credentialId?: string;
}

export type Options = Readonly<Record<string, unknown>>;

/** A passkey of P-256 as a device keeps it: does what a page of `origin` asks, whatever that is. */
export class SoftwareAuthenticator {
  readonly id = text(randomBytes(32));
  readonly key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly origin: string;
  counter = 0;
  userHandle = '';

  constructor(origin: string) {
    this.origin = origin;
  }

  create(options: Options, as: Ceremony = {}): object {
    const { rp, user } = options;
    if (!hasId(rp) || !hasId(user)) throw new Error('no options of a creation');
    this.userHandle = user.id;
    const { x = '', y = '' } = this.key.publicKey.export({ format: 'jwk' });
    const key = new Map<Cbor, Cbor>([
      [1, 2],
      [3, -7],
      [-1, 1],
      [-2, Buffer.from(x, 'base64url')],
      [-3, Buffer.from(y, 'base64url')],
    ]);
    const id = Buffer.from(as.credentialId ?? this.id, 'base64url');
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([id.length >> 8, id.length & 255]), id, cbor(key)]);
    const clientDataJSON = this.#clientData(options, 'webauthn.create', as);
    const data = Buffer.concat([this.#data(rp.id, { ...as, flags: 0x40 }), attested]);
    const parts: Cbor = new Map<Cbor, Cbor>([
      ['fmt', as.fmt ?? 'none'],
      ['attStmt', this.#statement(as.fmt, Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]))],
      ['authData', data],
    ]);
    return this.#credential({ clientDataJSON, attestationObject: text(cbor(parts)) });
  }

  /** By itself, where one is wanted (WebAuthn §8.2). */
  #statement(fmt: string | undefined, signed: Buffer): ReadonlyMap<Cbor, Cbor> {
    if (fmt !== 'packed') return new Map();
    return new Map<Cbor, Cbor>([
      ['alg', -7],
      ['sig', sign('sha256', signed, this.key.privateKey)],
    ]);
  }

  get(options: Options, as: Ceremony = {}): object {
    this.counter++;
    const clientDataJSON = this.#clientData(options, 'webauthn.get', as);
    const data = this.#data(String(options['rpId']), { ...as, flags: 0 });
    const signed = Buffer.concat([data, sha256(Buffer.from(clientDataJSON, 'base64url'))]);
    const signature = text(sign('sha256', signed, as.key ?? this.key.privateKey));
    const userHandle = as.userHandle ?? this.userHandle;
    return this.#credential({ clientDataJSON, authenticatorData: text(data), signature, userHandle });
  }

  #credential(response: Readonly<Record<string, string>>): object {
    return { id: this.id, rawId: this.id, type: 'public-key', response, clientExtensionResults: {} };
  }

  #clientData({ challenge }: Options, type: string, as: Ceremony): string {
    const { origin = this.origin } = as;
    return text(JSON.stringify({ type: as.type ?? type, challenge: as.challenge ?? challenge, origin }));
  }

  #data(rpId: string, as: Ceremony & { readonly flags: number }): Buffer {
    const flags = 1 | (as.isVerified === false ? 0 : 4) | as.flags;
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(as.counter ?? this.counter);
    return Buffer.concat([sha256(as.rpId ?? rpId), Buffer.from([flags]), counter]);
  }
}

function hasId(value: unknown): value is { readonly id: string } {
  return typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string';
}
