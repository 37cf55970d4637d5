-- Everything that is governed: apis, plans, applications, users … One table, because each of them is found, listed,
-- changed and audited in the same way; what tells them apart is the document in `data`.
CREATE TABLE entities (
  workspace TEXT NOT NULL,
  kind TEXT NOT NULL,
  id TEXT NOT NULL,
  -- What it belongs to: the api of a version, the application of a credential. '' for nothing.
  parent TEXT NOT NULL,
  -- Unique among those of one parent.
  name TEXT NOT NULL,
  state TEXT NOT NULL,
  -- What it is found by besides, over all workspaces: the hash of a key, an e-mail address.
  lookup TEXT,
  -- Counts its changes; who writes says which it has seen.
  revision BIGINT NOT NULL,
  data TEXT NOT NULL,
  created_ms BIGINT NOT NULL,
  updated_ms BIGINT NOT NULL,
  PRIMARY KEY (workspace, kind, id)
);
CREATE UNIQUE INDEX entities_by_name ON entities (workspace, kind, parent, name);
CREATE UNIQUE INDEX entities_by_lookup ON entities (kind, lookup) WHERE lookup IS NOT NULL;
CREATE INDEX entities_by_parent ON entities (workspace, kind, parent, id);
CREATE INDEX entities_by_state ON entities (workspace, kind, state, id);

-- The last entry of each workspace's audit, which the next one continues.
CREATE TABLE audit_heads (
  workspace TEXT PRIMARY KEY,
  seq BIGINT NOT NULL,
  hash TEXT NOT NULL
);
CREATE TABLE audit_entries (
  workspace TEXT NOT NULL,
  seq BIGINT NOT NULL,
  at_ms BIGINT NOT NULL,
  entity TEXT NOT NULL,
  entry TEXT NOT NULL,
  PRIMARY KEY (workspace, seq)
);
CREATE INDEX audit_by_entity ON audit_entries (workspace, entity, seq);

-- What others have to be told of, written with the change itself and told afterwards, at least once.
CREATE TABLE outbox (
  id TEXT PRIMARY KEY,
  workspace TEXT NOT NULL,
  topic TEXT NOT NULL,
  event TEXT NOT NULL,
  attempts BIGINT NOT NULL,
  due_ms BIGINT NOT NULL,
  done_ms BIGINT
);
CREATE INDEX outbox_due ON outbox (due_ms, id) WHERE done_ms IS NULL;

-- Replies to creates with an Idempotency-Key.
CREATE TABLE kept_replies (
  workspace TEXT NOT NULL,
  principal TEXT NOT NULL,
  key TEXT NOT NULL,
  fingerprint TEXT NOT NULL,
  status BIGINT NOT NULL,
  body TEXT NOT NULL,
  at_ms BIGINT NOT NULL,
  PRIMARY KEY (workspace, principal, key)
);
CREATE INDEX kept_replies_by_age ON kept_replies (at_ms);
