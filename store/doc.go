// Package store is what a host implements to bring its own database.
//
// The contract is small and knows no process: a [Backend] keeps [Document]
// values under (tenant, kind, id), index terms that lead to them, a journal of
// [Entry] values, and named number sequences. All of it is bytes to the
// backend. What a kind means, how a key is encoded so that its byte order is
// the order of the values, and how the journal is chained is decided above. A
// new process therefore costs a backend nothing.
//
// # Implementing a backend
//
// In a relational database four tables are enough; every primary key starts
// with the tenant:
//
//	documents  (tenant, kind, id)              version, head, body
//	terms      (tenant, kind, index, key, id)  unique
//	journal    (tenant, position)              the fields of Entry
//	sequences  (tenant, name)                  last
//
// with a second index on the journal, unique over (tenant, kind, id, revision),
// and a partial unique index on terms, over (tenant, kind, index, key) where
// unique. Columns that hold names, keys and ids compare as bytes: BLOB, bytea,
// or text with the collation "C".
//
// Then, in order:
//
//   - Every method first calls the Validate method of its parameters; a backend
//     writes no checks of its own. [Enter] refuses a unit inside a unit,
//     [EncodeCursor] and [DecodeCursor] make cursors that fail when used with
//     another query, [EncodePosition] and [DecodePosition] do so for the
//     journal, and [Query.Bounds] gives the range of keys of a query.
//   - Write runs serialisable, with a rollback deferred and the commit as the
//     last statement of the success path. Look at ctx once more before it.
//   - Versions come from one counter that no delete resets, the tenant's own or
//     a database sequence.
//   - Check before you write: a Put that finds a taken unique term after it has
//     replaced the body has to undo that, because the unit may go on.
//   - The errors of the driver that mean "run this again" (serialisation
//     failure, deadlock, busy) are wrapped in a [RetryError], from the commit
//     too. All others are returned as they are, and lose the unit.
//   - A journal position must not become readable before those in front of it
//     are decided. With one writer at a time a counter will do. With several, a
//     later number can be committed first, and a reader that has passed the
//     gap would never see the earlier one: serialise the counter, or order by
//     the transaction's id and read only below the oldest one still running.
//
// Package storetest checks every sentence of the contract, and has a whole
// adapter as an example, which docs/write-an-adapter.md goes through. Package
// memory is an implementation without a database.
//
// # Calling a backend
//
// Most callers use package register. A caller of its own runs units through
// [Retry] and, in a function that can be run twice, acts on nothing but the Tx.
package store
