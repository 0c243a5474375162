// Package register runs a process over a backend: it keeps the records of an
// [itsm.Process] in a [store.Backend] and gives commands to them. One generic type
// serves every process and every database.
//
//	process, err := incident.Process(nil)
//	incidents, err := register.New(memory.New(), process, nil)
//
//	inc, err := incidents.Create(ctx, ann, incident.Report{…})
//	inc, err = incidents.Do(ctx, bob, inc.ID, incident.Assign{Group: "messaging", To: "bob"})
//
// Every call names who acts; the actor's tenant is the one whose records the call
// is about, and no call reaches another's.
//
// # What a command does
//
// [Register.Do] is one transaction: it loads the record and the others that the
// decision must see (itsm.Needs), fires the command, writes record, index terms
// and journal entry, and carries out what follows on other records of the kind
// (itsm.Follow), as the system. Either all of it is committed or none. There is no
// second way to change a record: [Register.Create], [Register.Perform],
// [Register.Bulk], [Register.Tick] and [Register.In] all go through the lifecycle.
//
// A refusal is an error of package itsm and changes nothing. When a follow-up is
// refused, the refusal is listed in the [Outcome] and journalled with the record
// that refused, and the rest goes on. A follow-up that reached its record already,
// with the same content, is not given again, so that records which tell each
// other come to an end.
//
// A unit for which the backend asks to run it again (store.ErrRetry) is run again
// from its first read, within [Options].Retry. A conflict is never retried: with
// [Call].IfRevision the caller says what he has seen, without it a command applies
// to whatever the record is.
//
// # The same to the byte
//
// A command is brought to a normal form (times in UTC and whole microseconds,
// empty slices and maps nil), encoded, decoded, and what was decoded is fired. The
// record that a call returns, the one that is stored, and the one that
// [Register.Replay] makes from the journal alone are therefore the same to the
// byte, as JSON. Text that is not UTF-8, times outside the years 1 to 9999 and
// decimals too long to write are refused with the path of the field.
//
// # Time
//
// The time of a command is that of [Options].Now. A clock that runs behind a
// record is lifted to the record's last event, so that a history never runs
// backwards. A caller who knows better gives [Call].At, with the reason why it is
// recorded only now (R34); a time that does not fit is then an error.
//
// # Finding records
//
// [Register.Find] walks over a selection: all records, some ids, or a range of an
// index of the process, and of those the ones that satisfy a predicate. The
// register adds two indexes of its own: by number, for [Register.ByNumber], and by
// the instants at which timers are due, for [Register.Tick]. An index key has at
// most store.MaxKey bytes; a command that would make a longer one is refused.
// Records that were written before a process got a new index are not in it until
// they are next written.
//
// # Time-driven rules
//
// A host calls [Register.Tick] for each tenant, every minute or as it likes, from
// as many places as it likes. Workers that pick the same record meet in the unit
// that changes it: one fires the rule, the others find nothing to do, and no error
// tells. A rule that is refused is journalled once and tried again when the record
// has changed (R35).
//
// # The journal
//
// Everything that happened to a record stands in its journal: events, refusals of
// what the system tried, erasures, migrations. [Register.History] reads it. Each entry carries
// the hash of the one before it, and the record the hash and number of the last:
// removing, changing, reordering or cutting off entries shows in [Register.Verify]
// (R30). The chain protects against whoever can write to the journal but not to
// record and journal alike; against those, keep the [Seal] that Verify returns
// somewhere else. A hash covers
//
//	"itsm journal 1\n", previous hash, tenant, kind, id, place, type, time,
//	SHA-256(salt, payload)
//
// each part of variable length after its length as a uvarint, the payload but for
// that it is last, numbers as eight bytes in big-endian order, the time in
// microseconds since 1970. [Register.Erase] removes salt and payload of an entry
// where the law asks for it, and the chain still verifies.
//
// # Several registers in one transaction
//
// [Register.In] is the register inside a unit that the host runs, and other
// registers over the same backend may act in the same unit. [Options].Observe sees
// each change inside its transaction, [Options].Committed the changes of a unit
// after its commit.
//
// # When the lifecycle changes
//
// A record in a state that its lifecycle no longer has can be read, and takes no
// command: a [StateError] names it. [Register.Migrate] moves such records to the
// states of today, and journals each move with who made it and why. The commands
// of events stay part of the lifecycle, in use, retired or as legacy forms (see
// [itsm.Lifecycle.Retire]), for as long as there are such events: without them the
// past cannot be replayed.
//
// # Moving a tenant
//
// [Export] writes all of a tenant as JSON Lines, [Import] brings it into another
// backend, or back: journals, seals, silent timers and keys of calls included, so
// that exporting again gives the same bytes. Each line has a sum over all before
// it, and is checked against the journal and the process before it is taken; an
// import that was interrupted is run again.
//
//	done, err := register.Export(ctx, file, "acme", []register.Kind{incidents, problems}, nil)
//	done, err = register.Import(ctx, file, "acme", []register.Kind{theirs, others}, nil)
//
// # What it does not do
//
// It does not say who may read: Get, Find, History and the like serve every actor
// of the tenant. It starts no goroutine, keeps no cache and logs nothing.
package register
