-- Shared by all instances on this file, so that a cursor made by one is good at the others.
CREATE TABLE signing_keys (
  purpose TEXT NOT NULL PRIMARY KEY,
  secret  BLOB NOT NULL
) STRICT, WITHOUT ROWID;
