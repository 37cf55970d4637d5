import { jsonObject } from '../jws.ts';
import { milliseconds } from '../parsed-units.ts';
import type { PolicyRuntime } from '../policy.ts';
import type { Claims } from '../token-claims.ts';
import { basicAuthorization } from '../client-authorization.ts';
import type { Config } from './schema.ts';

const ANSWER_BYTES_MAX = 64 * 1024;

type Server = Pick<Config, 'url' | 'clientId' | 'clientSecret' | 'timeout'>;

/** RFC 7662 §2: what the server says of a token; undefined for one that is not active. Rejects when it does not say. */
export async function askAbout(
  token: string,
  { url, clientId, clientSecret, timeout }: Server,
  { ask }: Pick<PolicyRuntime, 'ask'>,
): Promise<Claims | undefined> {
  const { status, body } = await ask({
    method: 'POST',
    // A question, whatever its method.
    repeatable: true,
    url,
    headers: [
      ['accept', 'application/json'],
      ['content-type', 'application/x-www-form-urlencoded'],
      ['authorization', basicAuthorization(clientId, clientSecret)],
    ],
    body: Buffer.from(new URLSearchParams({ token, token_type_hint: 'access_token' }).toString()),
    timeoutMs: milliseconds(timeout),
    bytesMax: ANSWER_BYTES_MAX,
  });
  if (status !== 200) throw new Error(`it answers ${status}`);
  const answer = jsonObject(body);
  if (typeof answer?.['active'] !== 'boolean') throw new Error('its answer says nothing of the token');
  return answer['active'] ? answer : undefined;
}
