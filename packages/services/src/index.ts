export { Cipher } from './cipher.ts';
export { opensSealed } from './entities/sealed.ts';
export { ServiceError, type ServiceCode } from './service-error.ts';
export type { House, Observed, Origin, Principal, ServiceContext, Usage } from './service-context.ts';
export type { Analytics, ExportedRecords, ShownBody } from './analytics/analytics.ts';
export {
  aggregateCalls,
  exportRecords,
  followRecords,
  getBodies,
  getRecord,
  searchRecords,
} from './analytics/calls.ts';
export type { Ledger, PriceBook } from './ledger/ledger.ts';
export { chargeBack, exportLedger, RECONCILE, reconcileLedger, verifyLedger } from './ledger/read-ledger.ts';
export { RERATE, rerateLedger } from './ledger/rerate-ledger.ts';
export { allCallers } from './publishing/compose-callers.ts';
export type { Enforcement, Gate, GateChange, GateConfig, Prepared, Preview } from './publishing/gate.ts';
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
export { compare, COMPARE, judge, LINT } from './standards/judge.ts';
export { scoreCard, type ScoreCard } from './standards/score-card.ts';
export { driftCard, type DriftCard } from './standards/drift-card.ts';
export { requestWaiver } from './standards/waivers.ts';
export { requestSubscription } from './moves/subscription-moves.ts';
export { SEAL, sealRevision } from './moves/revision-moves.ts';
export { importDocument, IMPORT, IMPORT_PERMISSION, type ImportOutcome } from './importing/import-document.ts';
export type { ImportSettings } from './importing/fetch-document.ts';
export { deliver, RETRY_MS, type Delivered } from './notifications/deliver.ts';
export type { Fetcher, Mail, Mailer, Post, Senders } from './notifications/senders.ts';
export { isSigned, signatureHeaders } from './notifications/signature.ts';
export { myNotifications, readNotification } from './notifications/mine.ts';
export { answerByWebhook, WEBHOOK_ANSWER } from './approvals/webhook-answer.ts';
export { waitingForMe } from './approvals/waiting.ts';
export {
  ASK_RESET,
  askReset,
  CHANGE_PASSWORD,
  changePassword,
  completeReset,
  inviteAgain,
  inviteUser,
  mintSetupToken,
  openTicket,
  RESET,
  SET_UP,
  setUp,
} from './people/accounts.ts';
export {
  directoryNamed,
  keepDeparture,
  signInExternal,
  takeDeparture,
  type Directory,
  type ExternalUser,
} from './people/external-sign-in.ts';
export { signOut, signOutExternal, type EndedElsewhere, type SignedOut } from './people/external-sign-out.ts';
export { hashWork } from './people/hash-work.ts';
export {
  ADD_PASSKEY,
  addPasskey,
  beginPasskey,
  listPasskeys,
  removePasskey,
  removePasskeysOf,
} from './people/passkeys.ts';
export { beginPasskeySignIn, PASSKEY_SIGN_IN, proveByPasskey, signInByPasskey } from './people/passkey-sign-in.ts';
export { listOwnTokens, revokeOwnToken } from './people/own-tokens.ts';
export { endOwnEmergency, myEmergencies, TAKE, takeEmergency } from './people/emergencies.ts';
export { petition } from './people/petitions.ts';
export { siteOf } from './people/passkey-ceremony.ts';
export { waysIn, type WaysIn } from './people/ways-in.ts';
export { distinctPersons, personBehind } from './people/persons.ts';
export { beginTotp, CONFIRM, confirmTotp, removeTotp } from './people/second-factors.ts';
export { endSessions, listSessions, principalOfSession, requireFresh, type Caller } from './people/sessions.ts';
export { PROVE, proveAgain, SIGN_IN, signIn, type SignedIn } from './people/sign-in.ts';
export { ANYBODY, issueToken, principalOf, SYSTEM } from './people/principals.ts';
export { ScimError } from './people/scim/scim-error.ts';
export {
  createScimUser,
  getScimUser,
  listScimUsers,
  patchScimUser,
  removeScimUser,
  replaceScimUser,
} from './people/scim/scim-users.ts';
export {
  createScimGroup,
  getScimGroup,
  listScimGroups,
  patchScimGroup,
  removeScimGroup,
  replaceScimGroup,
} from './people/scim/scim-groups.ts';
export type { AuditProblem, KnownHead } from './audit/verify-chain.ts';
export { verifyExport, type AuditVerdict } from './audit/verify-export.ts';
export { showAuditKey } from './audit/show-audit-key.ts';
export { takeCheckpoints } from './audit/take-checkpoints.ts';
export { exportAudit, exportByOperator, exportedAudit } from './audit/export-audit.ts';
export { erasePerson } from './audit/erase-person.ts';
export { listAudit } from './audit/list-audit.ts';
export {
  APPLY_PERMISSION,
  applyConfig,
  CONFIGURATION,
  driftOf,
  PLAN_PERMISSION,
  planConfig,
  releaseSource,
  type ConfigPlan,
} from './config-as-code/config-verbs.ts';
export type { FieldChange } from './config-as-code/field-changes.ts';
export type { PlannedChange, PlanProblem } from './config-as-code/reconcile.ts';
export {
  getOffered,
  getOfferedDocument,
  listCatalog,
  type Catalog,
  type Offered,
  type OfferedDocument,
} from './catalog/catalog.ts';
export { ASK_SIGN_UP, askSignUp, COMPLETE_SIGN_UP, completeSignUp, type SignedUp } from './people/sign-up.ts';
export { exportConfig, type ExportedConfig } from './config-as-code/export-config.ts';
export { seedHouse } from './seed-house.ts';
export { evaluateAlerts, type Evaluated } from './alerts/evaluate-alerts.ts';
export { alertStatus, listFiring, type AlarmView, type AlertStatus, type FiringAlarm } from './alerts/alert-status.ts';
export { testContact, type Tested } from './alerts/test-contact.ts';
export { objectiveBudget, type ObjectiveBudget } from './objectives/objective-budget.ts';
export { previewDigest, sendDigests } from './digest/send-digests.ts';
