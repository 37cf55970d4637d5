import { documentOf, withOperation, type Json } from './documents.ts';
import type { DocumentRow } from './operation-rows.ts';

const B = 'breaking';
const W = 'warning';
const C = 'compatible';

const ok = { '200': { description: '' } };
const none = withOperation({});
const schemes = {
  key: { type: 'apiKey', in: 'header', name: 'X-Key' },
  token: { type: 'http', scheme: 'bearer' },
  login: { type: 'oauth2', flows: { clientCredentials: { tokenUrl: 'https://t', scopes: { read: '', write: '' } } } },
};
const secured = (security: unknown, securitySchemes: object = schemes): Json =>
  withOperation({ security }, { components: { securitySchemes } });
const servers = (...urls: string[]): Json => documentOf({ servers: urls.map((url) => ({ url })) });
const callback = (expression: string, more: object = {}): Json =>
  withOperation({ callbacks: { paid: { [expression]: { post: { responses: ok, ...more } } } } });
const webhook = (more: object): Json => documentOf({ webhooks: { paid: { post: { responses: ok, ...more } } } });

/** Who gets in, where the document is served, and what it sends of itself. */
export const DOCUMENT_ROWS: readonly DocumentRow[] = [
  // Security.
  ['a credential is asked for', none, secured([{ key: [] }]), B, ['security-added']],
  [
    'a credential is asked for by the document',
    none,
    { ...none, security: [{ key: [] }], components: { securitySchemes: schemes } },
    B,
    ['security-added'],
  ],
  ['no credential is asked for any more', secured([{ key: [] }]), secured([]), W, ['security-removed']],
  ['a credential becomes optional', secured([{ key: [] }]), secured([{ key: [] }, {}]), W, ['security-removed']],
  ['another credential suffices too', secured([{ key: [] }]), secured([{ key: [] }, { token: [] }]), C, []],
  [
    'one of two credentials no longer suffices',
    secured([{ key: [] }, { token: [] }]),
    secured([{ token: [] }]),
    B,
    ['security-alternative-removed'],
  ],
  [
    'a second credential is asked for',
    secured([{ key: [] }]),
    secured([{ key: [], token: [] }]),
    B,
    ['security-alternative-removed'],
  ],
  ['one of two credentials suffices', secured([{ key: [], token: [] }]), secured([{ key: [] }]), C, []],
  [
    'credentials stand in another order',
    secured([{ key: [] }, { token: [] }]),
    secured([{ token: [] }, { key: [] }]),
    C,
    [],
  ],
  [
    'a scope is added',
    secured([{ login: ['read'] }]),
    secured([{ login: ['read', 'write'] }]),
    B,
    ['security-scope-added'],
  ],
  ['a scope is taken away', secured([{ login: ['read', 'write'] }]), secured([{ login: ['read'] }]), C, []],
  [
    'scopes stand in another order',
    secured([{ login: ['read', 'write'] }]),
    secured([{ login: ['write', 'read'] }]),
    C,
    [],
  ],
  ['a scheme is renamed', secured([{ key: [] }]), secured([{ other: [] }], { other: schemes.key }), C, []],
  [
    'a scheme of OAuth is renamed',
    secured([{ login: ['read'] }]),
    secured([{ other: ['read'] }], { other: schemes.login }),
    C,
    [],
  ],
  [
    'the header of a key is another',
    secured([{ key: [] }]),
    secured([{ key: [] }], { key: { ...schemes.key, name: 'X-Other' } }),
    B,
    ['security-alternative-removed', 'security-scheme-changed'],
  ],
  [
    'the token comes from elsewhere',
    secured([{ login: [] }]),
    secured([{ login: [] }], {
      login: {
        type: 'oauth2',
        flows: { clientCredentials: { tokenUrl: 'https://u', scopes: { read: '', write: '' } } },
      },
    }),
    B,
    ['security-url-changed'],
  ],
  [
    'a flow goes',
    secured([{ login: [] }]),
    secured([{ login: [] }], { login: { type: 'oauth2', flows: {} } }),
    B,
    ['security-flow-removed'],
  ],
  [
    'a scheme that nobody uses is changed',
    secured([{ token: [] }]),
    secured([{ token: [] }], { ...schemes, key: { ...schemes.key, name: 'X-Other' } }),
    C,
    [],
  ],
  // Servers.
  ['a server comes', servers('https://a'), servers('https://a', 'https://b'), C, []],
  ['a server goes', servers('https://a', 'https://b'), servers('https://a'), W, ['server-removed']],
  ['servers stand in another order', servers('https://a', 'https://b'), servers('https://b', 'https://a/'), C, []],
  ['the base path is another', servers('https://a/v1'), servers('https://a/v2'), B, ['base-path-changed']],
  // Webhooks and callbacks: what is sent to callers.
  ['a webhook comes', documentOf(), webhook({}), C, []],
  ['a webhook goes', webhook({}), documentOf(), B, ['webhook-removed']],
  [
    'a webhook may answer in fewer ways',
    webhook({ responses: { '200': {}, '202': {} } }),
    webhook({}),
    B,
    ['accepted-status-removed'],
  ],
  [
    'a webhook sends another header',
    webhook({}),
    webhook({ parameters: [{ name: 'X-A', in: 'header', required: true }] }),
    C,
    [],
  ],
  [
    'a webhook no longer sends a header',
    webhook({ parameters: [{ name: 'X-A', in: 'header', required: true }] }),
    webhook({}),
    B,
    ['required-sent-parameter-removed'],
  ],
  ['a webhook no longer has a body', webhook({ requestBody: {} }), webhook({}), B, ['sent-body-removed']],
  ['a callback comes', none, callback('{$request.body#/url}'), C, []],
  ['a callback goes', callback('{$request.body#/url}'), none, B, ['callback-removed']],
  [
    'a callback goes elsewhere',
    callback('{$request.body#/url}'),
    callback('{$request.body#/other}'),
    B,
    ['callback-removed'],
  ],
  [
    'a callback loses its body',
    callback('{$request.body#/url}', { requestBody: {} }),
    callback('{$request.body#/url}'),
    B,
    ['sent-body-removed'],
  ],
];
