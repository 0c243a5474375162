package sqlite

import "strings"

// statement is one of the SQL statements of this package.
type statement int

const (
	begin statement = iota
	beginImmediate
	commit
	rollback
	schemaVersion

	findSpace
	addSpace
	getFloor
	raiseFloor

	getDocument
	getToChange
	getStored
	addDocument
	changeDocument
	removeDocument

	findHolder
	addTerm // one, and then so many at a time
	addTerms2
	addTerms4
	addTerms8
	removeTerm

	pageUp
	pageDown
	pageIDsUp
	pageIDsDown
	countTerms
	countIDs

	lastPlace
	lastRevision
	addEntry
	readJournal
	historyUp
	historyDown
	findEntry
	overwriteEntry
	eraseEntry

	nextNumber

	statements // how many there are
)

// entryColumns are those that scanEntry takes.
const entryColumns = "place, j.id, revision, type, time, erased, salt, digest, previous, hash, payload"

// text is the SQL of the statement. Parameters have no numbers: the driver would
// ask for their names at every execution.
func (s statement) text() string {
	switch s {
	case begin:
		return "BEGIN"
	case beginImmediate:
		return "BEGIN IMMEDIATE"
	case commit:
		return "COMMIT"
	case rollback:
		return "ROLLBACK"
	case schemaVersion:
		return "SELECT version FROM itsm_schema"
	case findSpace:
		return "SELECT space FROM itsm_spaces WHERE tenant = ? AND kind = ? AND name = ?"
	case addSpace:
		return "INSERT INTO itsm_spaces (tenant, kind, name) VALUES (?, ?, ?)"
	case getFloor:
		return "SELECT floor FROM itsm_spaces WHERE space = ?"
	case raiseFloor:
		return "UPDATE itsm_spaces SET floor = max(floor, ?) WHERE space = ?"
	case getDocument:
		return "SELECT version, head, body FROM itsm_documents WHERE space = ? AND id = ?"
	case getToChange:
		return "SELECT version, head, body, document, terms FROM itsm_documents WHERE space = ? AND id = ?"
	case getStored:
		return "SELECT document, version, terms FROM itsm_documents WHERE space = ? AND id = ?"
	case addDocument:
		return `INSERT INTO itsm_documents (space, id, version, head, terms, body) VALUES (?, ?, ?, ?, ?, ?)
		ON CONFLICT (space, id) DO NOTHING`
	case changeDocument:
		return "UPDATE itsm_documents SET version = ?, head = ?, terms = ?, body = ? WHERE document = ?"
	case removeDocument:
		return "DELETE FROM itsm_documents WHERE document = ?"
	case findHolder:
		return "SELECT id FROM itsm_terms WHERE space = ? AND key = ? AND is_unique"
	case addTerm, addTerms2, addTerms4, addTerms8:
		return "INSERT OR FAIL INTO itsm_terms (space, key, id, document, is_unique) VALUES (?, ?, ?, ?, ?)" +
			strings.Repeat(", (?, ?, ?, ?, ?)", 1<<(s-addTerm)-1)
	case removeTerm:
		return "DELETE FROM itsm_terms WHERE space = ? AND key = ? AND id = ?"
	case pageUp:
		return `SELECT t.key, t.id, d.version, d.head, d.body
		FROM itsm_terms t CROSS JOIN itsm_documents d ON d.document = t.document
		WHERE t.space = ? AND (t.key, t.id) > (?, ?) AND t.key < ?
		ORDER BY t.key, t.id LIMIT ?`
	case pageDown:
		return `SELECT t.key, t.id, d.version, d.head, d.body
		FROM itsm_terms t CROSS JOIN itsm_documents d ON d.document = t.document
		WHERE t.space = ? AND (t.key, t.id) < (?, ?) AND t.key >= ?
		ORDER BY t.key DESC, t.id DESC LIMIT ?`
	case pageIDsUp:
		return "SELECT x'', id, version, head, body FROM itsm_documents WHERE space = ? AND id > ? ORDER BY id LIMIT ?"
	case pageIDsDown:
		return "SELECT x'', id, version, head, body FROM itsm_documents WHERE space = ? AND id < ? ORDER BY id DESC LIMIT ?"
	case countTerms:
		return "SELECT count(*) FROM itsm_terms WHERE space = ? AND key >= ? AND key < ?"
	case countIDs:
		return "SELECT count(*) FROM itsm_documents WHERE space = ?"
	case lastPlace:
		return "SELECT max(place) FROM itsm_journal WHERE place < ?"
	case lastRevision:
		return "SELECT max(revision) FROM itsm_journal WHERE space = ? AND id = ?"
	case addEntry:
		return `INSERT OR FAIL INTO itsm_journal
		(place, space, id, revision, type, time, erased, salt, digest, previous, hash, payload)
		SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?
		WHERE NOT EXISTS (SELECT 1 FROM itsm_journal WHERE space = ? AND id = ? AND revision >= ?)`
	case readJournal:
		return "SELECT " + entryColumns + `, k.kind FROM itsm_journal j CROSS JOIN itsm_spaces k ON k.space = j.space
		WHERE place > ? AND place < ? ORDER BY place LIMIT ?`
	case historyUp:
		return "SELECT " + entryColumns + ` FROM itsm_journal j
		WHERE space = ? AND id = ? AND revision >= ? ORDER BY revision LIMIT ?`
	case historyDown:
		return "SELECT " + entryColumns + ` FROM itsm_journal j
		WHERE space = ? AND id = ? AND revision <= ? ORDER BY revision DESC LIMIT ?`
	case findEntry:
		return "SELECT place, erased FROM itsm_journal WHERE space = ? AND id = ? AND revision = ?"
	case overwriteEntry: // in place, as the sizes stay
		return "UPDATE itsm_journal SET salt = zeroblob(length(salt)), payload = zeroblob(length(payload)) WHERE place = ?"
	case eraseEntry:
		return "UPDATE itsm_journal SET erased = 1, salt = x'', payload = x'' WHERE place = ?"
	case nextNumber:
		return `INSERT INTO itsm_sequences (space, name, last) VALUES (?, ?, ? + 1)
		ON CONFLICT (space, name) DO UPDATE SET last = max(last, excluded.last - 1) + 1 RETURNING last`
	}
	return ""
}
