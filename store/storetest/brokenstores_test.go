package storetest_test

import (
	"slices"

	"github.com/itsmkit/itsm/store"
)

// brokenStores are the faults that the suite has to find, by the subject of the
// clause that is there to find them.
func brokenStores() []broken {
	return slices.Concat(brokenDocuments(), brokenUnits(), brokenBytes(), brokenPages(), brokenJournals(), brokenTenants())
}

func brokenDocuments() []broken {
	return []broken{
		{"gives bare sentinels", bareSentinels, "get/absent", "want a NotFoundError"},
		{"drops the heads of documents", dropsHeads, "put/create", `head "" body`},
		{"creates over what is there", createsOver, "put/create-create", "second create: got error <nil>"},
		{"writes blindly", blindWrites, "put/stale", "stale Put: got error <nil>"},
		{"says of a deleted document only that it is not found", notFoundForConflict, "put/gone", "store: ticket 80000000-0000-0000-0000-000000000001 not found, want one that matches \"store: conflict\""},
		{"keeps old terms", keepsOldTerms, "put/terms", "documents found under"},
		{"deletes the journal with the document", cascades, "delete/removes", "got 0 entries, want 1"},
		{"deletes whatever is there", blindDeletes, "delete/stale", "stale Delete: got error <nil>"},
		{"starts versions again after a delete", restartingVersions, "version/never-again", "re-created at version 1 after version 2"},
		{"gives all of a unit one version", oneVersionPerUnit, "version/in-unit", "versions 1 and 1 from one unit"},
		{"reads what was there before the unit", readsBefore, "unit/own-writes", `got ticket 80000000-0000-0000-0000-000000000001 version 1 head "head 1" body "body 1"`},
		{"does not look at unique terms", notUnique, "unique/taken", "want one that matches \"store: exists\""},
		{"takes every term for unique", allUnique, "unique/free", `"INC1", unique=false, of index "number"`},
		{"never frees a unique term", neverFrees, "unique/released", "a term given up by a Put"},
		{"looks at unique terms and then writes", checksThenWrites, "unique/concurrent", "20 units committed, want 1"},
		{"cannot go on after a failed call", poisoned, "unit/goes-on", "current transaction is aborted"},
		{"gives invalid arguments an error without a name", bareInvalid, "params/tenant", "want a ParamError of field Tenant"},
		{"does not check what Count is asked", unchecked, "params/calls", "Count: got error <nil>"},
		{"keeps four terms of a document", fourTerms, "model/random", "counted"},
	}
}

func brokenUnits() []broken {
	return []broken{
		{"commits what failed", commitsErrors, "unit/all-or-nothing", "after a call that failed: got"},
		{"gives the text of an error for the error", textOfErrors, "unit/read-error", "Read: got error seen enough: refused, want one that matches"},
		{"loses a connection with each panic in a Read", losesReaders, "unit/read-panic", "no free connection"},
		{"commits on a panic", commitsPanics, "unit/panic", "after a call that failed: got"},
		{"commits when the goroutine ends", commitsGoexit, "unit/goexit", "after a call that failed: got"},
		{"takes numbers in a Read", numbersInRead, "unit/read-only", "Next: got error <nil>"},
		{"reads after the unit", readsAfterEnd, "unit/escaped", "Count: got error <nil>"},
		{"uses one Tx after the other", pooledTx, "unit/escaped", "while a Read runs: "},
		{"nests reads", nestsReads, "unit/nested", "Read inside a unit: got error the function of the nested unit was called"},
		{"takes another backend for itself", oneForAll, "unit/two-backends", "Write in another backend: store: unit started inside a unit"},
		{"commits and asks for another run", commitsAndRetries, "unit/retry", "and the document is there: true"},
		{"goes on after Close", neverClosed, "unit/closed", "got error <nil>"},
		{"does not look at the context of a Read", deafReads, "context/ended", "Read: got error <nil>"},
		{"commits after a cancel", commitsLate, "context/late-cancel", "Write: got error <nil>"},
		{"does not look at deadlines", ignoresDeadlines, "context/deadline", "Write: got error <nil>"},
		{"does not look at the context of a call", deafHistory, "context/call", "History: got error <nil>"},
		{"commits a unit that lost a call", commitsLost, "context/call", "Write returned nil after a call of Get that lost the unit"},
		{"waits for another writer whatever the context", waitsForEver, "context/wait", "still waits"},
		{"reads what was committed meanwhile", readCommitted, "snapshot/stable", "first it saw"},
		{"reads what is not committed", readUncommitted, "snapshot/uncommitted", "it saw version 3 of a document that is at 1"},
		{"lets a reader wait for the writer", readersWait, "snapshot/uncommitted", "Read while a Write runs: context deadline exceeded"},
		{"reads from a replica that lags", lags, "snapshot/current", "after 2 was committed"},
		{"reads each page anew", readCommittedPages, "snapshot/whole", "a reader saw the sum"},
		{"loses updates", func() store.Backend { return optimistic(lastWins) }, "serial/increments", "100 increments made"},
		{"checks writes alone", func() store.Backend { return optimistic(firstWins) }, "serial/write-skew", "left with 0 together"},
		{"does not lock ranges", func() store.Backend { return optimistic(firstWins) }, "serial/phantom", "2 documents in a group"},
	}
}

func brokenBytes() []broken {
	return []broken{
		{"keeps the caller's bytes", keepsArguments, "bytes/arguments", "body \"\\x9d"},
		{"shares its bytes", sharesResults, "bytes/results", "body \"\\x9d"},
		{"takes an empty key for none", dropsEmptyKeys, "bytes/empty", "empty keys, then others: found [1 2], want [1 2 1 2]"},
		{"cuts bodies at 64 KiB", cutsBodies, "bytes/large", `body "0123456789abcde`},
		{"takes bodies for text", textBodies, "bytes/all", `body "\x00\x01`},
		{"ignores the case of keys", lowerKeys, "bytes/order", "is another document"},
		{"takes 16 bytes of 0xff for the end", endsAtHigh, "bytes/last", `index "key", prefix of 0 bytes, desc false: 0 documents`},
		{"ignores the case of sequences", lowerSequences, "bytes/names", `the first number of sequence "A" is 2`},
	}
}

func brokenPages() []broken {
	return []broken{
		{"cannot reverse", neverReverse, "page/order", "desc true: got [2 4"},
		{"promises a page behind the last full one", promisesMore, "page/limit", "a page that holds everything has the cursor"},
		{"takes To for inclusive", inclusiveTo, "page/range", "got [2 4 7 10 9 6 3 8 12], want [2 4 7 10 9 6]"},
		{"does not carry at the end of a prefix", noCarry, "page/prefix", `prefix "a\xff" from "" to "" desc false in pages of 1: got []`},
		{"shows a document once", distinct, "page/once-per-term", "got [1 4 2], want [1 4 1 2 1]"},
		{"lists documents as they came", inOrderOfArrival, "page/by-id", "got [7 3 11 1 9 12 2 10 4 8 6]"},
		{"does not know a kind before its first document", unknownKinds, "page/nothing", "no such table: never"},
		{"lists documents without their heads", listsBodies, "page/whole", `index "group" desc false: got ticket`},
		{"counts a page", countsPage, "page/count", "want 6"},
		{"pages through what was there before the unit", pagesBefore, "page/own-writes", "after the first page: got [9 6 3"},
		{"pages by offset", offsets, "page/while-writing", "appeared 2 times"},
		{"takes any cursor", offsets, "cursor/other-query", "got error <nil>"},
		{"begins anew at a cursor that it cannot read", beginsAnew, "cursor/garbage", "got error <nil>"},
		{"forgets a cursor with its unit", forgetsCursors, "cursor/other-unit", "is from another transaction"},
	}
}

func brokenJournals() []broken {
	return []broken{
		{"orders the journal by record", byRecord, "journal/pages", "entry 0 of 28: got entry"},
		{"begins again at the end of the journal", beginsAgain, "journal/end", "1 entries behind the end"},
		{"writes the journal after the commit", journalsLater, "journal/concurrent", "stands after the one that counted"},
		{"loses entries that commit late", losesLate, "journal/overtaken", "saw 1 entries and then 0"},
		{"forgets positions", forgetsPositions, "journal/kept-position", "is too old"},
		{"takes any tenant's position", anyPosition, "journal/position", "position of another tenant: got error <nil>"},
		{"rounds times", roundsTimes, "entry/whole", "got entry"},
		{"ignores After", ignoresAfter, "history/order", "after 5 limit 3"},
		{"passes over an old revision", passesOver, "append/revision", "Append: got error <nil>"},
		{"wants a document for each entry", foreignKey, "append/no-document", "violates foreign key"},
		{"appends entry by entry", oneByOne, "append/all-or-none", "the last is invalid: got error store: journal entry of"},
		{"keeps what is erased", keepsErased, "erase/payload", "got entry"},
		{"drops what is erased", dropsErased, "erase/payload", "entry 2 of 6: got entry {ticket 80000000-0000-0000-0000-000000000002 2"},
		{"does not see that there is nothing to erase", erasesNothing, "erase/again", "Erase: got error <nil>"},
		{"erases before the commit", erasesAtOnce, "erase/rolled-back", "erased=true"},
	}
}

func brokenTenants() []broken {
	return []broken{
		{"shares sequences", sharedSequences, "tenant/apart", "call 1 gave the number 4"},
		{"does not know its tenants apart", folded, "tenant/said", "says it is of"},
		{"ignores the case of tenants", lowerTenants, "tenant/names", "exists"},
		{"begins sequences at a thousand", beginsAtThousand, "sequence/rising", "number 1001 of sequence"},
		{"does not jump to After", smallNumbers, "sequence/after", "want 501"},
		{"counts without a lock", countsUnlocked, "sequence/concurrent", "60 units got"},
		{"takes back one number too many", takesBackTwo, "sequence/rolled-back", "number 1 follows 1"},
		{"joins a tenant and a sequence to one key", joinsNames, "model/tenants", "Next of"},
	}
}
