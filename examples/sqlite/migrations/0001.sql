-- The version of the tables, in one row.
CREATE TABLE itsm_schema (version INTEGER NOT NULL) STRICT;
INSERT INTO itsm_schema VALUES (1);

-- What a tenant's names stand for: the tenant itself (kind and name empty), one
-- of its kinds (name empty), or an index of a kind. Rows of the other tables carry
-- the number, which is shorter and faster to compare. A row is never changed but
-- for its floor, and never deleted.
CREATE TABLE itsm_spaces (
    space  INTEGER PRIMARY KEY,
    tenant TEXT NOT NULL,
    kind   TEXT NOT NULL,
    name   TEXT NOT NULL,
    floor  INTEGER NOT NULL DEFAULT 0, -- of a kind: its greatest version that was deleted
    UNIQUE (tenant, kind, name)
) STRICT;

-- Numbers begin with 2: SQLite plans a statement again when a parameter becomes 0
-- or 1, or no longer is.
INSERT INTO itsm_spaces (space, tenant, kind, name) VALUES (1, '', '', '');

-- A row is changed where it is: an update writes one page. The terms are those of
-- itsm_terms in one piece, so that a put knows what it has to change there.
CREATE TABLE itsm_documents (
    document INTEGER PRIMARY KEY,
    space    INTEGER NOT NULL, -- of the kind
    id       BLOB NOT NULL,
    version  INTEGER NOT NULL,
    head     BLOB NOT NULL,
    terms    BLOB NOT NULL,
    body     BLOB NOT NULL,
    UNIQUE (space, id)
) STRICT;

CREATE TABLE itsm_terms (
    space     INTEGER NOT NULL, -- of the index
    key       BLOB NOT NULL,
    id        BLOB NOT NULL,
    document  INTEGER NOT NULL,
    is_unique INTEGER NOT NULL,
    PRIMARY KEY (space, key, id)
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX itsm_unique_terms ON itsm_terms (space, key) WHERE is_unique;

-- The place is the number of the tenant's space times 2^36, and then the entry's
-- place among those of the tenant, from 1 without gaps.
CREATE TABLE itsm_journal (
    place    INTEGER PRIMARY KEY,
    space    INTEGER NOT NULL, -- of the kind
    id       BLOB NOT NULL,
    revision INTEGER NOT NULL,
    type     TEXT NOT NULL,
    time     INTEGER NOT NULL, -- microseconds since 1970
    erased   INTEGER NOT NULL,
    salt     BLOB NOT NULL,
    digest   BLOB NOT NULL,
    previous BLOB NOT NULL,
    hash     BLOB NOT NULL,
    payload  BLOB NOT NULL,
    UNIQUE (space, id, revision)
) STRICT;

CREATE TABLE itsm_sequences (
    space INTEGER NOT NULL, -- of the tenant
    name  TEXT NOT NULL,
    last  INTEGER NOT NULL,
    PRIMARY KEY (space, name)
) STRICT, WITHOUT ROWID;
