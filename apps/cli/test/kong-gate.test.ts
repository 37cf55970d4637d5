import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import { Gateway } from '@gatehouse/gateway';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { expect, it, onTestFinished } from 'vitest';
import { importKong } from '../src/kong/import-kong.ts';
import { compileText } from '../src/load-config.ts';
import { stubUpstream } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const KEYS = generateKeyPairSync('rsa', { modulusLength: 2048 });
const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

function token(claims: object, key: KeyObject = KEYS.privateKey): string {
  const input = `${encoded({ alg: 'RS256', typ: 'JWT' })}.${encoded(claims)}`;
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}

const kong = (port: number): string => `_format_version: "3.0"
services:
  - name: orders
    url: http://127.0.0.1:${port}
    routes: [ { name: orders, paths: [/orders] } ]
    plugins:
      - { name: jwt, config: { claims_to_verify: [exp] } }
      - { name: acl, config: { allow: [partners] } }
consumers:
  - username: partner
    acls: [ { group: partners } ]
    jwt_secrets:
      - key: partner-issuer
        algorithm: RS256
        rsa_public_key: ${JSON.stringify(KEYS.publicKey.export({ type: 'spki', format: 'pem' }))}
  - username: stranger
    jwt_secrets:
      - key: stranger-issuer
        algorithm: RS256
        rsa_public_key: ${JSON.stringify(KEYS.publicKey.export({ type: 'spki', format: 'pem' }))}
`;

it('a gate with what was imported takes the tokens that Kong took, and no others', async () => {
  const upstream = await stubUpstream();
  const result = compileText(importKong(kong(upstream.port)).yaml, { file: 'imported.yaml', env: {} });
  if ('problems' in result) throw new Error(result.problems.map(({ message }) => message).join('\n'));
  const log = createLogger({ level: 'error', write: (line) => process.stderr.write(line), now: Date.now });
  const gateway = await Gateway.start(
    {
      listen: { host: '127.0.0.1', port: 0 },
      workers: 1,
      dataDir: temporaryFolder(),
      log,
      logLevel: 'error',
      clock: systemClock,
      pseudonym: 'gatehouse-test',
    },
    result.snapshot,
  );
  onTestFinished(async () => gateway.stop(1000));
  const exp = Math.floor(Date.now() / 1000) + 60;
  const status = async (authorization: string | undefined, query = ''): Promise<number> => {
    const headers = authorization === undefined ? {} : { authorization };
    return (await fetch(`http://127.0.0.1:${gateway.port}/orders/7${query}`, { headers })).status;
  };
  const right = token({ iss: 'partner-issuer', exp });
  const forged = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey;
  expect({
    right: await status(`Bearer ${right}`),
    'in the query': await status(undefined, `?jwt=${right}`),
    nothing: await status(undefined),
    'no end': await status(`Bearer ${token({ iss: 'partner-issuer' })}`),
    'another key': await status(`Bearer ${token({ iss: 'partner-issuer', exp }, forged)}`),
    'another issuer': await status(`Bearer ${token({ iss: 'nobody', exp })}`),
    'another group': await status(`Bearer ${token({ iss: 'stranger-issuer', exp })}`),
  }).toEqual({
    right: 200,
    'in the query': 200,
    nothing: 401,
    'no end': 401,
    'another key': 401,
    'another issuer': 401,
    'another group': 403,
  });
});
