// Package sqlite is a store.Backend in an SQLite file.
//
//	backend, err := sqlite.Open(ctx, "itsm.db", nil)
//	…
//	defer backend.Close()
//	incidents, err := register.New(backend, process, nil)
//
// Import it, or copy it as the beginning of an adapter of your own. The driver is
// modernc.org/sqlite: SQLite in Go, without a C compiler.
//
// # Units
//
// The file is in WAL mode. One connection writes, and units that write take turns,
// whatever their tenant. Readers have connections of their own, each with the
// snapshot that was current when its unit began; they wait for nobody, and nobody
// waits for them. Several processes may use one file: a unit that finds it locked
// waits for Options.BusyTimeout at most, or until its context ends, and then fails
// with store.ErrRetry.
//
// # Durability
//
// With [Full], a unit is on the disk when Write returns. With [Normal] it survives
// the end of the process, however sudden, but a loss of power may take the last
// units, whole and in reverse order. Either way the file is never damaged.
//
// Errors carry the name of the file and the driver's error. A Write that fails
// with store.ErrUnknown may have been committed: the disk failed while it was told
// to flush. After any other error it was not.
//
// # Erasing
//
// Erase overwrites payload and salt in the file. A copy of the page as it was
// remains in the log beside it until that is written over or the last connection
// is closed, and in every backup.
//
// # Cost
//
// Every operation costs the logarithm of what there is, and a page its documents;
// only Count walks the range that it counts. A connection keeps up to 64 MB of
// pages for writing, 16 MB for reading. The log grows to 64 MB before it is brought
// into the file, and further for as long as a Read holds on to its snapshot.
//
// # Tables
//
// Open makes them and brings them up to date, by the scripts in migrations, which
// are never changed once released. There is no way back: an older program refuses
// the file. All names begin with itsm_, so that the host can have its own tables
// beside them and, with [Join], change both in one transaction. Options.Shared adds
// them to a database that is there already.
package sqlite
