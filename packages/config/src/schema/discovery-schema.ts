import { Type, type Static } from 'typebox';
import { dnsNameText } from '../forms/dns-name.ts';
import { basePathText } from '../forms/path-pattern.ts';
import { timeout } from '../forms/units.ts';
import { strictObject } from './strict-object.ts';

const type = Type.Enum(['auto', 'A', 'AAAA', 'SRV'], {
  description: 'Records that are asked for; `auto`: SRV for a name that begins with `_`, else A and AAAA.',
  default: 'auto',
});

const every = timeout({
  description: 'At the latest; sooner where the records themselves last shorter, but not within a second.',
  default: '30s',
});

/** A target that is a name: each of its addresses becomes a target of its own. */
export const dnsTarget = strictObject(
  {
    name: dnsNameText({ description: 'Looked up again and again; what it led to stays while DNS does not answer.' }),
    port: Type.Optional(Type.Integer({ description: 'Needed unless SRV brings it.', minimum: 1, maximum: 65_535 })),
    type,
    every,
    tls: Type.Boolean({ description: 'Speak TLS; certificates must name `host`.', default: false }),
    host: Type.Optional(
      dnsNameText({ description: 'Host as targets see it; without, `name` less its labels of services.' }),
    ),
    path: basePathText({ description: 'All requests get it in front.', default: '/' }),
  },
  { description: 'A name in DNS; each of its addresses gets requests.' },
);

/** The same for the host of a URL. */
export const urlResolution = strictObject(
  {
    type: Type.Enum(['auto', 'A', 'AAAA'], {
      description: 'Records that are asked for; `auto`: both.',
      default: 'auto',
    }),
    every,
  },
  {
    description:
      'Look the host up in DNS and give requests to each of its addresses; without, the system finds an address for each new connection.',
  },
);

export type DnsTargetSource = Static<typeof dnsTarget>;
export type UrlResolutionSource = Static<typeof urlResolution>;
