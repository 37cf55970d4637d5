-- What personal fields of the audit are sealed with: whoever takes a key away erases a person, and no entry changes.
CREATE TABLE subject_keys (
  subject TEXT PRIMARY KEY,
  -- Itself sealed by the key of the house.
  sealed TEXT NOT NULL
);

-- Signed words that a chain had this hash at this entry: nobody can make it anew from there on.
CREATE TABLE audit_checkpoints (
  workspace TEXT NOT NULL,
  seq BIGINT NOT NULL,
  checkpoint TEXT NOT NULL,
  PRIMARY KEY (workspace, seq)
);
