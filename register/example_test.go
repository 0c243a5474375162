package register_test

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
)

// A loan of a laptop: lent, and brought back.
type Loan struct {
	itsm.Header
	Asset string    `json:"asset"`
	Until time.Time `json:"until"`
}

type Lend struct {
	Asset string    `json:"asset"`
	Until time.Time `json:"until"`
}

func (c Lend) Check(l *Loan, s itsm.Stamp) error {
	if !c.Until.After(s.At) {
		return &itsm.FieldError{Field: "until", Problem: "has passed; give a later time"}
	}
	return itsm.CheckLine("asset", c.Asset)
}
func (c Lend) Apply(l *Loan, s itsm.Stamp) { l.Asset, l.Until = c.Asset, c.Until }

type Return struct{}

func (Return) Check(*Loan, itsm.Stamp) error { return nil }
func (Return) Apply(*Loan, itsm.Stamp)       {}

type Remind struct{}

func (Remind) Check(*Loan, itsm.Stamp) error { return nil }
func (Remind) Apply(*Loan, itsm.Stamp)       {}

// loans is the process; a real one stands in a package of its own.
func loans() itsm.Process[Loan] {
	asset := itsm.TextField("asset", func(l *Loan) string { return l.Asset })
	lc, err := itsm.NewLifecycle(itsm.Definition[Loan]{
		Kind:   "loan",
		Fields: []itsm.Field[Loan]{asset},
		States: []itsm.StateDef{
			{State: "lent", Phase: itsm.Active},
			{State: "overdue", Phase: itsm.Active},
			{State: "returned", Phase: itsm.Final},
		},
		Transitions: []itsm.Transition[Loan]{
			itsm.On("lend", Lend{}, itsm.From(itsm.None), itsm.To("lent"), itsm.By("clerk")),
			itsm.On("remind", Remind{}, itsm.From("lent"), itsm.To("overdue"), itsm.By(itsm.SystemRole)),
			itsm.On("return", Return{}, itsm.From("lent", "overdue"), itsm.To("returned"), itsm.By("clerk")),
		},
		Timers: []itsm.Timer[Loan]{{
			Name: "overdue", In: []itsm.State{"lent"}, Command: Remind{},
			Since: func(l *Loan) time.Time { return l.Until },
		}},
	})
	if err != nil {
		panic(err)
	}
	return itsm.Process[Loan]{Prefix: "LOAN", Lifecycle: lc, Indexes: []itsm.Index[Loan]{itsm.IndexBy("asset", asset)}}
}

var clerk = itsm.Actor{ID: "carl", Tenant: "library", Roles: []itsm.Role{"clerk"}}

func Example() {
	ctx := context.Background()
	monday := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	r, err := register.New(memory.New(), loans(), &register.Options[Loan]{
		Now: func() time.Time { return monday },
	})
	if err != nil {
		fmt.Println(err)
		return
	}

	loan, err := r.Create(ctx, clerk, Lend{Asset: "laptop 7", Until: monday.AddDate(0, 0, 2)})
	fmt.Println(loan.Number, loan.State, err)

	// Two days later, the rule that is due fires.
	ticked, err := r.Tick(ctx, "library", monday.AddDate(0, 0, 3), 100)
	fmt.Println(ticked.Fired[0].Timer, ticked.Fired[0].Record.State, err)

	_, err = r.Do(ctx, itsm.Actor{ID: "rita", Tenant: "library"}, loan.ID, Return{})
	fmt.Println(err)
	loan, err = r.Do(ctx, clerk, loan.ID, Return{})
	fmt.Println(loan.State, loan.Revision, err)

	for entry, err := range r.History(ctx, clerk, loan.ID) {
		fmt.Println(entry.Place, entry.Event.Name, entry.Event.Stamp.By.ID, err)
	}
	seal, err := r.Verify(ctx, clerk, loan.ID)
	fmt.Println(seal.Entries, "entries verified,", err)
	// Output:
	// LOAN0000001 lent <nil>
	// overdue overdue <nil>
	// LOAN0000001: return refused: needs one of the roles: clerk
	// returned 3 <nil>
	// 1 lend carl <nil>
	// 2 remind system <nil>
	// 3 return carl <nil>
	// 3 entries verified, <nil>
}

func ExampleRegister_Find() {
	ctx := context.Background()
	r, _ := register.New(memory.New(), loans(), nil)
	for _, asset := range []string{"laptop 7", "laptop 8", "laptop 7", "beamer"} {
		_, err := r.Create(ctx, clerk, Lend{Asset: asset, Until: time.Now().Add(time.Hour)})
		if err != nil {
			fmt.Println(err)
			return
		}
	}
	laptops := itsm.Selection[Loan]{Index: "asset", From: itsm.TextValue("laptop"), To: itsm.TextValue("laptop 8")}
	for loan, err := range r.Find(ctx, clerk, laptops) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(loan.Number, loan.Asset)
	}
	n, err := r.Count(ctx, clerk, itsm.Selection[Loan]{})
	fmt.Println(n, "in all", err)
	// Output:
	// LOAN0000001 laptop 7
	// LOAN0000003 laptop 7
	// 4 in all <nil>
}

func ExampleRegister_With() {
	ctx := context.Background()
	r, _ := register.New(memory.New(), loans(), nil)
	lend := Lend{Asset: "laptop 7", Until: time.Now().Add(time.Hour)}

	// The network broke after the first call: the second is safe.
	call := register.Call{Key: "9b1c"}
	first, _ := r.With(call).Create(ctx, clerk, lend)
	second, err := r.With(call).Create(ctx, clerk, lend)
	fmt.Println(first.Number == second.Number, err)

	// Somebody was faster.
	_, err = r.With(register.Call{IfRevision: 1}).Do(ctx, clerk, first.ID, Return{})
	fmt.Println(err)
	_, err = r.With(register.Call{IfRevision: 1}).Do(ctx, clerk, first.ID, Return{})
	fmt.Println(errors.Is(err, store.ErrConflict), err)
	// Output:
	// true <nil>
	// <nil>
	// true LOAN0000001: is at revision 2, not 1; look at what changed
}

func ExampleRegister_In() {
	ctx := context.Background()
	backend := memory.New()
	r, _ := register.New(backend, loans(), nil)
	lend := func(asset string) Lend { return Lend{Asset: asset, Until: time.Now().Add(time.Hour)} }
	old, _ := r.Create(ctx, clerk, lend("laptop 7"))

	// An exchange is a return and a loan, or neither.
	exchange := func(id uuid.UUID, asset string) error {
		return store.Retry(ctx, nil, func(ctx context.Context) error {
			return backend.Write(ctx, "library", func(ctx context.Context, tx store.Tx) error {
				if _, err := r.In(tx).Do(ctx, clerk, id, Return{}); err != nil {
					return err
				}
				_, err := r.In(tx).Create(ctx, clerk, lend(asset))
				return err
			})
		})
	}
	fmt.Println(exchange(old.ID, ""))
	old, _ = r.Get(ctx, clerk, old.ID)
	fmt.Println(old.State)
	fmt.Println(exchange(old.ID, "laptop 8"))
	old, _ = r.Get(ctx, clerk, old.ID)
	fmt.Println(old.State)
	// Output:
	// LOAN0000002: lend: asset: is missing
	// lent
	// <nil>
	// returned
}
