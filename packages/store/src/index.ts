export { NotUnique, type Database, type Row, type SqlValue, type Statements } from './database.ts';
export { MigrationProblem } from './migrate.ts';
export { inspectStore, type StoreFacts } from './inspect-store.ts';
export { openDatabase } from './open-database.ts';
export {
  deleteEntity,
  eachEntity,
  entitiesIn,
  findEntity,
  insertEntity,
  listEntities,
  lookUpEntity,
  touchEntity,
  updateEntity,
  type Entity,
  type EntityKey,
  type EntityQuery,
} from './tables/entities.ts';
export {
  appendAudit,
  auditHead,
  auditHeads,
  auditPage,
  isMoreAudit,
  type AuditHead,
  type AuditQuery,
  type AuditRow,
} from './tables/audit-log.ts';
export {
  appendCheckpoint,
  checkpointKeys,
  checkpointPage,
  unsignedEnds,
  type CheckpointRow,
  type UnsignedEnd,
} from './tables/audit-checkpoints.ts';
export { addToOutbox, dueEvents, eventAgain, eventDone, forgetTold, type OutboxEvent } from './tables/outbox.ts';
export { forgetReplies, keepReply, keptReply, type KeptReply, type ReplyKey } from './tables/kept-replies.ts';
export { BackupProblem, type BackupHeader } from './backup/backup-format.ts';
export { writeBackup, type BackupFacts, type BackupSink, type RowCounts } from './backup/write-backup.ts';
export { restoreBackup, storedRows, verifyBackup } from './backup/restore-backup.ts';
export {
  ERASED_KEY,
  eraseSubjectKey,
  insertSubjectKey,
  subjectKey,
  type SubjectKeyRow,
} from './tables/subject-keys.ts';
