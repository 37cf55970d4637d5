-- Ends of chains that were signed, each as the line that an export has of it, and the key that verifies it.
CREATE TABLE audit_checkpoints (
  workspace TEXT NOT NULL,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  public_key TEXT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (workspace, seq)
);
CREATE TRIGGER audit_checkpoints_stay BEFORE UPDATE ON audit_checkpoints BEGIN
  SELECT RAISE(ABORT, 'checkpoints of the audit are never changed');
  END;
CREATE TRIGGER audit_checkpoints_remain BEFORE DELETE ON audit_checkpoints BEGIN
  SELECT RAISE(ABORT, 'checkpoints of the audit are never deleted');
  END;
CREATE TRIGGER audit_checkpoints_once BEFORE INSERT ON audit_checkpoints
  WHEN EXISTS (SELECT 1 FROM audit_checkpoints WHERE workspace = NEW.workspace AND seq = NEW.seq) BEGIN
  SELECT RAISE(ABORT, 'checkpoints of the audit are never replaced');
  END;
