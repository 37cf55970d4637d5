import type { ConnectionOptions } from 'node:tls';
import type { EndpointSpec } from '@gatehouse/config';
import { checkServerIdentity } from '@gatehouse/kernel';

/** A probe speaks TLS as requests do: an endpoint that shows them a wrong certificate is down. */
export function probeTls({ serverName, tlsWith }: EndpointSpec): ConnectionOptions {
  const { verify = true, serverName: own = serverName, ca, cert, key, minVersion = 'TLSv1.2' } = tlsWith ?? {};
  return {
    rejectUnauthorized: verify,
    checkServerIdentity,
    minVersion,
    ...(own !== undefined && { servername: own }),
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
  };
}
