-- By which what the audit says of a person is encrypted, itself sealed by the house; '' for who was erased.
CREATE TABLE subject_keys (
  subject TEXT PRIMARY KEY,
  sealed_key TEXT NOT NULL,
  at_ms BIGINT NOT NULL
);
