export { parseSpec, UnreadableDocument, type Place, type SpecDocument } from './document/spec-document.ts';
export { isSwagger, upgradeSwagger, type UpgradedSwagger } from './swagger/upgrade-swagger.ts';
export type { Loss } from './swagger/losses.ts';
export { operationsOf, OPERATIONS_MAX, type ApiOperation } from './operations/operations-of.ts';
export { DOCUMENT_CHARS_MAX, readApiDocument, type ApiDocument } from './importing/read-api-document.ts';
export type { ImportFinding } from './importing/import-finding.ts';
export { operationsDifference, type OperationsDifference } from './importing/operations-difference.ts';
