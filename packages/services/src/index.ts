export { Cipher } from './cipher.ts';
export { ServiceError, type ServiceCode } from './service-error.ts';
export type { House, Principal, ServiceContext, Traffic } from './service-context.ts';
export { allCallers } from './publishing/compose-callers.ts';
export type { Enforcement, Gate, GateChange, GateConfig, Prepared } from './publishing/gate.ts';
export { composeConfig, DEFAULT_WORKSPACE } from './publishing/compose-config.ts';
export { KINDS, kindOf } from './kinds/kinds.ts';
export type { Kind } from './kinds/kind.ts';
export {
  changeEntity,
  createEntity,
  createSchema,
  getEntity,
  listKind,
  PAGE_DEFAULT,
  PAGE_MAX,
  removeEntity,
  requireSeen,
  type EntityPage,
} from './entities/entity-verbs.ts';
export type { EntityView } from './entities/entity-view.ts';
export type { Written } from './entities/write.ts';
export { moveEntity, type Move } from './moves/move.ts';
export { MOVES } from './moves/moves.ts';
export { issueCredential } from './moves/credential-moves.ts';
export { tick, type Ticked } from './clockwork/tick.ts';
export { createDeployment, DEPLOY } from './moves/deployment-moves.ts';
export { requestSubscription } from './moves/subscription-moves.ts';
export { SEAL, sealRevision } from './moves/revision-moves.ts';
export { issueToken, principalOf, SYSTEM } from './people/principals.ts';
export { importDocument, IMPORT, IMPORT_PERMISSION, type ImportOutcome } from './importing/import-document.ts';
export type { ImportSettings } from './importing/fetch-document.ts';
export { deliver, RETRY_MS, type Delivered } from './notifications/deliver.ts';
export type { Fetcher, Mail, Mailer, Post, Senders } from './notifications/senders.ts';
export { isSigned, signatureHeaders } from './notifications/signature.ts';
export { myNotifications, readNotification } from './notifications/mine.ts';
export { answerByWebhook, WEBHOOK_ANSWER } from './approvals/webhook-answer.ts';
export { waitingForMe } from './approvals/waiting.ts';
export { listAudit } from './audit/list-audit.ts';
export { seedHouse } from './seed-house.ts';
