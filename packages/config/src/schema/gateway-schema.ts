import { Type, type Static } from 'typebox';
import { addressRangeText } from '../forms/address-range.ts';
import { hostText } from '../forms/host-name.ts';
import { listenText } from '../forms/listen-address.ts';
import { pem } from './pem-schema.ts';
import { strictObject } from './strict-object.ts';

const certificate = strictObject({
  cert: pem('The certificate with its chain: a file beside this one, or the text itself, best from the environment.'),
  key: pem('Its private key, in the same way.'),
  hosts: Type.Optional(
    Type.Array(hostText({ description: 'A host.' }), {
      minItems: 1,
      uniqueItems: true,
      description: 'Hosts that it is shown for. Left out: those that it names itself.',
    }),
  ),
  default: Type.Boolean({
    default: false,
    description: 'Shown to callers who ask for no host, or for one that no certificate is for. Else the first is.',
  }),
});

const clientCertificates = strictObject(
  {
    mode: Type.Enum(['optional', 'required'], {
      description: 'optional: callers may show one. required: who shows none, or one of somebody else, is not let in.',
    }),
    ca: pem('Authorities whose certificates count.'),
  },
  { description: 'Asks callers for certificates.' },
);

const tls = strictObject(
  {
    listen: listenText({
      default: '127.0.0.1:8443',
      description: 'Where callers come in by TLS; `--listen-tls` says otherwise. Needs a restart to change.',
    }),
    certificates: Type.Array(certificate, { minItems: 1, description: 'One for each host that is served.' }),
    minVersion: Type.Enum(['1.2', '1.3'], { default: '1.2', description: 'The oldest TLS that is spoken.' }),
    clientCertificates: Type.Optional(clientCertificates),
    redirect: Type.Union([Type.Boolean(), Type.Integer({ minimum: 1, maximum: 65_535 })], {
      default: false,
      description:
        'Callers without TLS are sent (308) to the same address with it; a number is the port that they find it at, where that is not ours.',
    }),
  },
  { description: 'TLS for callers. Certificates that change on disk are taken over without a restart.' },
);

export const gatewaySchema = strictObject(
  {
    tls: Type.Optional(tls),
    trustedProxies: Type.Array(addressRangeText({ description: 'A range of addresses.' }), {
      default: [],
      uniqueItems: true,
      description: 'Proxies in front of the gate: what they say of their callers is believed, and nobody else.',
    }),
    forwardedBy: Type.Enum(['x-forwarded-for', 'forwarded'], {
      default: 'x-forwarded-for',
      description: 'The field by which they say it. The other one is not looked at: a caller may have written it.',
    }),
    proxyProtocol: Type.Enum(['off', 'optional', 'required'], {
      default: 'off',
      description: 'Whether connections of trusted proxies begin with a PROXY protocol header, version 1 or 2.',
    }),
  },
  { description: 'How callers reach the gate.' },
);

export type GatewaySource = Static<typeof gatewaySchema>;
export type TlsSource = NonNullable<GatewaySource['tls']>;
