package register_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store/memory"
)

func ExampleExport() {
	ctx := context.Background()
	old, _ := register.New(memory.New(), loans(), nil)
	for _, asset := range []string{"laptop 7", "beamer"} {
		_, err := old.Create(ctx, clerk, Lend{Asset: asset, Until: time.Now().Add(time.Hour)})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	var file bytes.Buffer
	done, err := register.Export(ctx, &file, "library", []register.Kind{old}, nil)
	fmt.Println(done.Records, "records,", done.Entries, "entries,", err)
	for line := range strings.Lines(file.String()) {
		fmt.Println(line[:9])
	}

	next, _ := register.New(memory.New(), loans(), nil)
	damaged := bytes.Replace(file.Bytes(), []byte("beamer"), []byte("boomer"), 1)
	_, err = register.Import(ctx, bytes.NewReader(damaged), "library", []register.Kind{next}, nil)
	var wrong *register.LineError
	fmt.Println(errors.As(err, &wrong), "line", wrong.Line)

	done, err = register.Import(ctx, &file, "library", []register.Kind{next}, nil)
	fmt.Println(done.Records, "records,", done.Entries, "entries,", err)
	loan, err := next.ByNumber(ctx, clerk, "LOAN0000002")
	fmt.Println(loan.Asset, err)
	loan, err = next.Create(ctx, clerk, Lend{Asset: "camera", Until: time.Now().Add(time.Hour)})
	fmt.Println(loan.Number, err)
	// Output:
	// 2 records, 2 entries, <nil>
	// {"export"
	// {"entry":
	// {"record"
	// {"entry":
	// {"record"
	// {"end":{"
	// true line 4
	// 2 records, 2 entries, <nil>
	// beamer <nil>
	// LOAN0000003 <nil>
}

func ExampleRegister_Migrate() {
	ctx := context.Background()
	backend := memory.New()
	old, _ := register.New(backend, loans(), nil)
	loan, _ := old.Create(ctx, clerk, Lend{Asset: "laptop 7", Until: time.Now().Add(time.Hour)})

	// The host has renamed the state "lent".
	process := loans()
	process.Lifecycle, _ = itsm.NewLifecycle(itsm.Definition[Loan]{
		Kind:   "loan",
		States: []itsm.StateDef{{State: "out", Phase: itsm.Active}, {State: "returned", Phase: itsm.Final}},
		Transitions: []itsm.Transition[Loan]{
			itsm.On("lend", Lend{}, itsm.From(itsm.None), itsm.To("out"), itsm.By("clerk")),
			itsm.On("return", Return{}, itsm.From("out"), itsm.To("returned"), itsm.By("clerk")),
		},
	})
	r, _ := register.New(backend, process, &register.Options[Loan]{Migrators: []itsm.Role{"operator"}})
	_, err := r.Do(ctx, clerk, loan.ID, Return{})
	fmt.Println(err)

	oleg := itsm.Actor{ID: "oleg", Tenant: "library", Roles: []itsm.Role{"operator"}}
	swept, err := r.Migrate(ctx, oleg, map[itsm.State]itsm.State{"lent": "out"}, "renamed in version 2", nil)
	fmt.Println(swept.Changed, "of", swept.Looked, "moved,", swept.Refused, "refused,", err)
	loan, err = r.Do(ctx, clerk, loan.ID, Return{})
	fmt.Println(loan.State, loan.Revision, err)
	for entry := range r.History(ctx, clerk, loan.ID) {
		fmt.Println(entry.Place, entry.Type)
	}
	// Output:
	// loan LOAN0000001: is in the state "lent", which the lifecycle does not have
	// 1 of 1 moved, 0 refused, <nil>
	// returned 3 <nil>
	// 1 event
	// 2 migration
	// 3 event
}
