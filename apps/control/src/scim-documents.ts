type Json = Readonly<Record<string, unknown>> & { readonly id: string };

const CORE = 'urn:ietf:params:scim:schemas:core:2.0';

function attribute(name: string, facts: Readonly<Record<string, unknown>> = {}): Readonly<Record<string, unknown>> {
  const plain = { type: 'string', multiValued: false, required: false, caseExact: false };
  return { name, ...plain, mutability: 'readWrite', returned: 'default', uniqueness: 'none', ...facts };
}

const VALUE = attribute('value');
const REFERENCES = {
  type: 'complex',
  multiValued: true,
  subAttributes: [VALUE, attribute('display', { mutability: 'readOnly' })],
};

export const SCHEMAS: readonly Json[] = [
  {
    schemas: [`${CORE}:Schema`],
    id: `${CORE}:User`,
    name: 'User',
    description: 'Somebody who signs in.',
    attributes: [
      attribute('userName', { required: true, uniqueness: 'server' }),
      attribute('externalId', { caseExact: true }),
      attribute('displayName'),
      attribute('active', { type: 'boolean' }),
      attribute('emails', { ...REFERENCES, mutability: 'readOnly' }),
      attribute('groups', { ...REFERENCES, mutability: 'readOnly' }),
    ],
  },
  {
    schemas: [`${CORE}:Schema`],
    id: `${CORE}:Group`,
    name: 'Group',
    description: 'Users to whom the house gives roles together.',
    attributes: [
      attribute('displayName', { required: true, uniqueness: 'server' }),
      attribute('externalId', { caseExact: true }),
      attribute('members', REFERENCES),
    ],
  },
];

export const RESOURCE_TYPES: readonly Json[] = ['User', 'Group'].map((name) => ({
  schemas: [`${CORE}:ResourceType`],
  id: name,
  name,
  endpoint: `/${name}s`,
  schema: `${CORE}:${name}`,
  meta: { resourceType: 'ResourceType', location: `/scim/v2/ResourceTypes/${name}` },
}));

export const SERVICE_PROVIDER = {
  schemas: [`${CORE}:ServiceProviderConfig`],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize: 0 },
  filter: { supported: true, maxResults: 200 },
  changePassword: { supported: false },
  sort: { supported: false },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer',
      description: 'A personal token with the scope scim:provision.',
      primary: true,
    },
  ],
  meta: { resourceType: 'ServiceProviderConfig', location: '/scim/v2/ServiceProviderConfig' },
};

export function scimList(documents: readonly Json[]): Readonly<Record<string, unknown>> {
  const schemas = ['urn:ietf:params:scim:api:messages:2.0:ListResponse'];
  const totalResults = documents.length;
  return { schemas, totalResults, startIndex: 1, itemsPerPage: totalResults, Resources: documents };
}
