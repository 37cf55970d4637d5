-- What stands in the audit stays as it is. Whoever owns the database can drop these; the chain then shows it.
CREATE OR REPLACE FUNCTION audit_refuses() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  RAISE EXCEPTION 'entries of the audit are never changed or deleted';
  END $$;
CREATE TRIGGER audit_entries_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_entries
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
CREATE OR REPLACE FUNCTION audit_head_advances() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF NEW.workspace <> OLD.workspace OR NEW.seq <> OLD.seq + 1 THEN
    RAISE EXCEPTION 'the end of an audit moves by one entry, forward';
    END IF;
  RETURN NEW;
  END $$;
CREATE TRIGGER audit_heads_advance BEFORE UPDATE ON audit_heads
  FOR EACH ROW EXECUTE FUNCTION audit_head_advances();
CREATE TRIGGER audit_heads_remain BEFORE DELETE OR TRUNCATE ON audit_heads
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuses();
