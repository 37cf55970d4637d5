import { Type, type Static } from 'typebox';
import { dnsNameText } from '../forms/dns-name.ts';
import { pem } from './pem-schema.ts';
import { strictObject } from './strict-object.ts';

export const upstreamTls = strictObject(
  {
    verify: Type.Boolean({
      default: true,
      description:
        'Targets must show a certificate of their host that an authority vouches for. Off: whoever stands in between reads and changes everything.',
    }),
    ca: Type.Optional(pem('Authorities that are believed, in place of those of the system.')),
    cert: Type.Optional(pem('A certificate that is shown to targets who ask for one, with its chain.')),
    key: Type.Optional(pem('The private key of `cert`.')),
    serverName: Type.Optional(
      dnsNameText({ description: 'The host that targets are asked for (SNI) and must name, in place of their own.' }),
    ),
    minVersion: Type.Enum(['1.2', '1.3'], { default: '1.2', description: 'The oldest TLS that is spoken.' }),
  },
  { description: 'TLS to targets of https://.' },
);

export type UpstreamTlsSource = Static<typeof upstreamTls>;
