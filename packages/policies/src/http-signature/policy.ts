import { createHmac } from 'node:crypto';
import type { CredentialSpec } from '@gatehouse/config';
import type { Hash64 } from '@gatehouse/kernel';
import { definePolicy } from '../define-policy.ts';
import { bytes, milliseconds } from '../parsed-units.ts';
import type { Exchange, Identification, PolicyTools, Reply } from '../policy.ts';
import { isDigestOf } from './content-digest.ts';
import type { Config } from './schema.ts';
import { signatureBase } from './signature-base.ts';
import { signerKey, type Verifier } from './signer-key.ts';
import { parseDictionary, type InnerList } from './structured-fields.ts';

/** More signatures of one request are not looked at. */
const SIGNATURES_MAX = 8;

export const httpSignature = definePolicy({
  name: 'http-signature',
  stage: 'identify',
  build(config: Config, tools: PolicyTools) {
    const verifier = new SignatureVerifier(config, tools);
    return { onIdentify: (exchange) => verifier.identify(exchange) };
  },
});

interface Signature {
  readonly covered: InnerList;
  readonly bytes: Buffer;
  readonly credential: CredentialSpec;
}

class SignatureVerifier {
  readonly #config: Config;
  readonly #tools: PolicyTools;
  readonly #maxAgeMs: number;
  readonly #skewMs: number;
  readonly #bodyMax: number;
  readonly #keys = new WeakMap<CredentialSpec, Verifier>();
  readonly #nonceSecret: Buffer;

  constructor(config: Config, tools: PolicyTools) {
    this.#config = config;
    this.#tools = tools;
    this.#nonceSecret = tools.runtime.secret('nonces');
    this.#maxAgeMs = milliseconds(config.maxAge);
    this.#skewMs = milliseconds(config.clockSkew);
    this.#bodyMax = bytes(config.bodyMax);
  }

  identify(exchange: Exchange): Identification | Promise<Identification> {
    const { request } = exchange;
    const [input, field] = [request.header('signature-input'), request.header('signature')];
    if (input === undefined && field === undefined) return undefined;
    const signature = this.#signature(input ?? '', field ?? '');
    if (signature === undefined) return UNKNOWN;
    const problem = this.#problem(exchange, signature);
    if (problem !== undefined) return problem;
    const { credential } = signature;
    const keyId = credential.match?.kind === 'signature' ? credential.match.keyId : undefined;
    const found: Identification = { caller: { credential, subject: keyId, fields: [] } };
    // The signature is of the digest only: the body has to be looked at as well.
    return covers(signature, 'content-digest') ? this.#withBody(exchange, found) : found;
  }

  /** The first by a key that is known here, under the tag that is asked for. */
  #signature(input: string, field: string): Signature | undefined {
    const [inputs, signatures] = [parseDictionary(input), parseDictionary(field)];
    if (inputs === undefined || signatures === undefined) return undefined;
    for (const [label, covered] of [...inputs].slice(0, SIGNATURES_MAX)) {
      const signature = signatures.get(label);
      if (covered.kind !== 'list' || signature?.kind !== 'item' || !Buffer.isBuffer(signature.value)) continue;
      const { keyid, tag } = Object.fromEntries(covered.parameters);
      if (this.#config.tag !== undefined && tag !== this.#config.tag) continue;
      const credential = typeof keyid === 'string' ? this.#tools.runtime.credentials.signer(keyid) : undefined;
      if (credential !== undefined) return { covered, bytes: signature.value, credential };
    }
    return undefined;
  }

  #problem(exchange: Exchange, signature: Signature): Reply | undefined {
    const { required, body } = this.#config;
    const missing = required.find((name) => !covers(signature, name));
    if (missing !== undefined) return refused(`the signature does not cover ${missing}`);
    if (body === 'covered' && exchange.request.contentLength !== 0 && !covers(signature, 'content-digest')) {
      return refused('the signature does not cover content-digest');
    }
    return (
      this.#timeProblem(exchange, signature) ??
      (this.#isSigned(exchange, signature) ? this.#nonceProblem(exchange, signature) : WRONG)
    );
  }

  #timeProblem({ startedAt }: Exchange, { covered: { parameters } }: Signature): Reply | undefined {
    const [created, expires] = [parameters.get('created'), parameters.get('expires')];
    if (!isTime(created)) return refused('the signature does not say when it was made');
    if (startedAt < created * 1000 - this.#skewMs) return refused('the signature is from the future');
    if (startedAt > created * 1000 + this.#maxAgeMs + this.#skewMs) return OLD;
    if (expires === undefined) return undefined;
    if (!isTime(expires)) return refused('the signature has an end that is none');
    return startedAt >= expires * 1000 + this.#skewMs ? OLD : undefined;
  }

  #isSigned(exchange: Exchange, { covered, bytes: signature, credential }: Signature): boolean {
    const { match } = credential;
    if (match?.kind !== 'signature') return false;
    const algorithm = covered.parameters.get('alg');
    if (algorithm !== undefined && algorithm !== match.algorithm) return false;
    const base = signatureBase(exchange, covered);
    if (base === undefined) return false;
    let verify = this.#keys.get(credential);
    if (verify === undefined) this.#keys.set(credential, (verify = signerKey(match)));
    return verify(Buffer.from(base, 'latin1'), signature);
  }

  /** Behind the signature, so that nobody else uses a nonce up; in memory that all workers share. */
  #nonceProblem({ startedAt }: Exchange, { covered, credential }: Signature): Reply | undefined {
    const nonce = covered.parameters.get('nonce');
    const { nonce: rule } = this.#config;
    if (rule === 'any' || (nonce === undefined && rule === 'once')) return undefined;
    if (typeof nonce !== 'string' || nonce === '') return refused('the signature has no nonce');
    const key = nonceKey(this.#nonceSecret, [credential.application, credential.name, nonce]);
    // As long as the signature could come again.
    const limit = {
      limit: 1,
      windowMs: this.#maxAgeMs + 2 * this.#skewMs + 1000,
      algorithm: 'sliding-window',
    } as const;
    return this.#tools.counters.take(key, 1, limit, startedAt).allowed ? undefined : REPLAYED;
  }

  async #withBody(exchange: Exchange, found: Identification): Promise<Identification> {
    const field = exchange.request.header('content-digest');
    const body = await exchange.requestBody(this.#bodyMax);
    return field !== undefined && isDigestOf(field, body) ? found : refused('the body is not that of content-digest');
  }
}

function covers({ covered }: Signature, name: string): boolean {
  return covered.items.some(({ value, parameters }) => value === name && parameters.size === 0);
}

/** The same wherever on the gate the signature is shown; nobody else can say which others share its place in memory. */
function nonceKey(secret: Buffer, parts: readonly string[]): Hash64 {
  const digest = createHmac('sha256', secret).update(JSON.stringify(parts)).digest();
  return { high: digest.readInt32BE(0), low: digest.readInt32BE(4) };
}

function isTime(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value);
}

function refused(detail: string): Reply {
  return { code: 'auth.invalid', detail };
}

const UNKNOWN = refused('the request has no signature by a key that is known here');
const WRONG = refused('the signature is not of this request');
const REPLAYED = refused('the signature was used before');
const OLD: Reply = { code: 'auth.expired', detail: 'the signature is too old' };
