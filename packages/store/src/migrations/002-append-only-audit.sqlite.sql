-- What stands in the audit stays as it is. Whoever owns the database can drop these; the chain then shows it.
CREATE TRIGGER audit_entries_stay BEFORE UPDATE ON audit_entries BEGIN
  SELECT RAISE(ABORT, 'entries of the audit are never changed');
  END;
CREATE TRIGGER audit_entries_remain BEFORE DELETE ON audit_entries BEGIN
  SELECT RAISE(ABORT, 'entries of the audit are never deleted');
  END;
-- INSERT OR REPLACE deletes without a trigger of DELETE.
CREATE TRIGGER audit_entries_once BEFORE INSERT ON audit_entries
  WHEN EXISTS (SELECT 1 FROM audit_entries WHERE workspace = NEW.workspace AND seq = NEW.seq) BEGIN
  SELECT RAISE(ABORT, 'entries of the audit are never replaced');
  END;
CREATE TRIGGER audit_heads_advance BEFORE UPDATE ON audit_heads
  WHEN NEW.workspace <> OLD.workspace OR NEW.seq <> OLD.seq + 1 BEGIN
  SELECT RAISE(ABORT, 'the end of an audit moves by one entry, forward');
  END;
CREATE TRIGGER audit_heads_remain BEFORE DELETE ON audit_heads BEGIN
  SELECT RAISE(ABORT, 'the end of an audit is never deleted');
  END;
