/** Policies that find out who calls, by their names: what stands in a document as a security scheme. */
export const IDENTIFYING_POLICIES: ReadonlySet<string> = new Set([
  'basic',
  'client-certificate',
  'http-signature',
  'introspection',
  'jwt',
  'key',
  'oidc',
]);
