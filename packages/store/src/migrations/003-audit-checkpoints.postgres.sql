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
CREATE TRIGGER audit_checkpoints_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
