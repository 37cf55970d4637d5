-- Ids ascend in commit order, so the primary key is also the order of the list.
CREATE TABLE users (
  id         TEXT NOT NULL PRIMARY KEY,
  email      TEXT NOT NULL COLLATE NOCASE UNIQUE,
  name       TEXT NOT NULL,
  revision   INTEGER NOT NULL CHECK (revision >= 1),
  created_at TEXT NOT NULL,
  updated_at TEXT NOT NULL
) STRICT, WITHOUT ROWID;
