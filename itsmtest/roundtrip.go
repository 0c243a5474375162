package itsmtest

import (
	"bytes"
	"testing"

	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// RoundTrip takes a tenant from the registers that hold it into the backend that
// open gives, and from there into memory, and fails the test unless all three give
// out the same bytes; importing into the backend once more must change nothing.
// Over makes the registers of the same processes over a backend. It returns the
// registers over the one that open gave, for further questions.
//
// A host calls it with a tenant of its own records and its own backend: what comes
// back is then what went in, journal, seals and keys included.
func RoundTrip(t testing.TB, tenant string, from []register.Kind, over func(store.Backend) []register.Kind, open func() store.Backend) []register.Kind {
	t.Helper()
	file := exported(t, "at first", tenant, from)
	there := over(open())
	imported(t, tenant, there, file)
	same(t, "from the backend", file, exported(t, "from the backend", tenant, there))
	again := imported(t, tenant, there, file)
	if all := again.Entries + again.Records + again.Keys; again.Present != all {
		t.Fatalf("of %d things imported again only %d were there", all, again.Present)
	}
	same(t, "after a second import", file, exported(t, "after a second import", tenant, there))
	back := over(memory.New())
	imported(t, tenant, back, exported(t, "to go back", tenant, there))
	same(t, "back in memory", file, exported(t, "back in memory", tenant, back))
	return there
}

func exported(t testing.TB, when, tenant string, kinds []register.Kind) []byte {
	t.Helper()
	var out bytes.Buffer
	if _, err := register.Export(t.Context(), &out, tenant, kinds, nil); err != nil {
		t.Fatalf("export %s: %v", when, err)
	}
	return out.Bytes()
}

func imported(t testing.TB, tenant string, kinds []register.Kind, file []byte) register.Transferred {
	t.Helper()
	done, err := register.Import(t.Context(), bytes.NewReader(file), tenant, kinds, &register.ImportOptions{Rebuild: true})
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return done
}

// same compares two files, and shows the first line that differs.
func same(t testing.TB, when string, want, got []byte) {
	t.Helper()
	for line := 1; !bytes.Equal(want, got); line++ {
		w, restWanted, _ := bytes.Cut(want, []byte("\n"))
		g, rest, _ := bytes.Cut(got, []byte("\n"))
		if !bytes.Equal(w, g) {
			t.Fatalf("the export %s differs in line %d:\n%s\nwant:\n%s", when, line, g, w)
		}
		want, got = restWanted, rest
	}
}
