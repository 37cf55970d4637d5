/** What other linters call what we have a rule for, so that their rulesets can switch it. */
export const SPECTRAL_NAMES: ReadonlyMap<string, string> = new Map([
  ['operation-operationId', 'C11'],
  ['operation-operationId-unique', 'C11'],
  ['operation-operationId-valid-in-url', 'C11'],
  ['path-params', 'C06'],
  ['path-keys-no-trailing-slash', 'C04'],
  ['path-not-include-query', 'C04'],
  ['paths-kebab-case', 'C01'],
  ['no-ambiguous-paths', 'C05'],
  ['typed-enum', 'C12'],
  ['duplicated-entry-in-enum', 'C12'],
  ['operation-success-response', 'C21'],
  ['oas3-unused-component', 'C26'],
  ['info-description', 'D01'],
  ['info-contact', 'D02'],
  ['contact-properties', 'D02'],
  ['info-license', 'D03'],
  ['oas3-api-servers', 'D04'],
  ['oas3-server-not-example.com', 'D04'],
  ['operation-description', 'D06'],
  ['operation-tags', 'D07'],
  ['operation-tag-defined', 'D07'],
  ['tag-description', 'D07'],
  ['openapi-tags', 'D07'],
  ['oas3-parameter-description', 'D08'],
  ['oas3-valid-media-example', 'D10'],
  ['oas3-valid-schema-example', 'D10'],
  ['no-eval-in-markdown', 'D12'],
  ['no-script-tags-in-markdown', 'D12'],
  ['oas3-operation-security-defined', 'S03'],
]);

/** What Spectral asks besides. They may be switched off, which changes nothing; asking for them is refused. */
export const SPECTRAL_OTHERS: ReadonlySet<string> = new Set(
  (
    'array-items info-license-url license-url no-$ref-siblings oas2-schema oas3-callbacks-in-callbacks ' +
    'oas3-examples-value-or-externalValue oas3-schema oas3-server-trailing-slash oas3-server-variables ' +
    'oas3_1-callbacks-in-webhook oas3_1-servers-in-webhook openapi-tags-alphabetical openapi-tags-uniqueness ' +
    'operation-parameters operation-singular-tag path-declarations-must-exist'
  ).split(' '),
);
