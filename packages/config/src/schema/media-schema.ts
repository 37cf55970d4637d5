import { Type, type Static } from 'typebox';
import { addressRangeText } from '../forms/address-range.ts';
import { mediaHostText } from '../forms/media-host.ts';
import { size, timeout } from '../forms/units.ts';
import { strictObject } from './strict-object.ts';

export const mediaSchema = strictObject(
  {
    fetch: Type.Boolean({
      description:
        'Fetch what callers point at by URL for providers that take images and files only inside the request, such as Bedrock, Gemini and Ollama. Without it such calls are refused, or served by another target.',
      default: false,
    }),
    maxBytes: size({ description: 'How large all media of one call may be together.', default: '10MB' }),
    timeout: timeout({ description: 'How long fetching all media of one call may take.', default: '10s' }),
    allowHosts: Type.Array(mediaHostText({ description: 'A host, with its port where that is not the usual one.' }), {
      description:
        'From where it may fetch: `*` is any host, `*.example.com` any below, `host:8443` another port, `http://host` plain HTTP. Hosts without a public address are refused all the same.',
      default: ['*'],
    }),
    allowAddresses: Type.Array(addressRangeText({ description: 'A range.' }), {
      description:
        'Addresses that it may reach although they are not public, such as those of your own file server. Whoever may call can then make the gate fetch from there, so leave out what trusts its network.',
      default: [],
    }),
  },
  { description: 'Media that callers point at by URL.' },
);

export type MediaSource = Static<typeof mediaSchema>;
