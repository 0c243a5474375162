package register_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
)

// A ticket is the process these tests run: small, with a birth that decides,
// timers, rules over several records, the host's own fields and every kind of
// index.
type Ticket struct {
	itsm.Header
	Title    string                `json:"title"`
	Group    string                `json:"group,omitzero"`
	Slug     string                `json:"slug,omitzero"`
	Parent   uuid.UUID             `json:"parent,omitzero"`
	Peer     uuid.UUID             `json:"peer,omitzero"`
	Watchers []string              `json:"watchers,omitempty"`
	Budget   itsm.Money            `json:"budget,omitzero"`
	Deadline time.Time             `json:"deadline,omitzero"`
	Until    time.Time             `json:"until,omitzero"`
	Locked   bool                  `json:"locked,omitzero"`
	Code     string                `json:"code,omitzero"`
	Finished int                   `json:"finished,omitzero"` // children when it was finished
	Pings    int                   `json:"pings,omitzero"`
	Notes    map[string]itsm.Value `json:"notes,omitempty"`
	Tags     []string              `json:"tags"`
}

const (
	open    itsm.State = "open"
	waiting itsm.State = "waiting"
	done    itsm.State = "done"
	closed  itsm.State = "closed"

	agent itsm.Role = "agent"
)

type free[R any] struct{} // checks nothing

func (free[R]) Check(*R, itsm.Stamp) error { return nil }

type Open struct {
	Title    string                `json:"title"`
	Group    string                `json:"group,omitzero"`
	Slug     string                `json:"slug,omitzero"`
	Parent   uuid.UUID             `json:"parent,omitzero"`
	Watchers []string              `json:"watchers,omitempty"`
	Budget   itsm.Money            `json:"budget,omitzero"`
	Deadline time.Time             `json:"deadline,omitzero"`
	Custom   map[string]itsm.Value `json:"custom,omitempty"`
}

func (c Open) Check(*Ticket, itsm.Stamp) error { return itsm.CheckLine("title", c.Title) }
func (c Open) Apply(t *Ticket, s itsm.Stamp) {
	t.Title, t.Group, t.Slug, t.Parent, t.Watchers = c.Title, c.Group, c.Slug, c.Parent, c.Watchers
	t.Budget, t.Deadline, t.Custom = c.Budget, c.Deadline, itsm.Merge(nil, c.Custom)
}

type Edit struct {
	free[Ticket]
	Title    string                `json:"title,omitzero"`
	Group    string                `json:"group,omitzero"`
	Slug     string                `json:"slug,omitzero"`
	Watchers []string              `json:"watchers,omitempty"`
	Budget   itsm.Money            `json:"budget,omitzero"`
	Custom   map[string]itsm.Value `json:"custom,omitempty"`
	Times    []time.Time           `json:"times,omitempty"`
	Tags     []string              `json:"tags"`
}

func (c Edit) Apply(t *Ticket, s itsm.Stamp) {
	if c.Title != "" {
		t.Title = c.Title
	}
	if c.Group != "" {
		t.Group = c.Group
	}
	t.Slug, t.Watchers, t.Budget, t.Tags = c.Slug, c.Watchers, c.Budget, c.Tags
	t.Custom = itsm.Merge(t.Custom, c.Custom)
	notes := make(map[string]itsm.Value)
	for i, at := range c.Times {
		notes[string(rune('a'+i))] = itsm.InstantValue(at)
	}
	t.Notes = notes // empty and not nil, as careless commands leave it
}

type Wait struct {
	free[Ticket]
	Until time.Time `json:"until"`
}

func (c Wait) Apply(t *Ticket, s itsm.Stamp) { t.Until = c.Until }

type Resume struct{ free[Ticket] }

func (Resume) Apply(t *Ticket, s itsm.Stamp) { t.Until = time.Time{} }

type Finish struct {
	Code     string   `json:"code"`
	Children int      `json:"children,omitzero"`
	Tags     []string `json:"tags,omitempty"`
}

func (c Finish) Check(*Ticket, itsm.Stamp) error { return itsm.CheckLine("code", c.Code) }
func (c Finish) Apply(t *Ticket, s itsm.Stamp) {
	t.Code, t.Finished, t.Tags = c.Code, c.Children, c.Tags
}

type Reopen struct{ free[Ticket] }

func (Reopen) Apply(t *Ticket, s itsm.Stamp) { t.Code = "" }

type Close struct{ free[Ticket] }

func (Close) Apply(*Ticket, itsm.Stamp) {}

type Lock struct {
	free[Ticket]
	On bool `json:"on"`
}

func (c Lock) Apply(t *Ticket, s itsm.Stamp) { t.Locked = c.On }

type Link struct {
	free[Ticket]
	Peer uuid.UUID `json:"peer"`
}

func (c Link) Apply(t *Ticket, s itsm.Stamp) { t.Peer = c.Peer }

// Ping is passed on from peer to peer.
type Ping struct {
	free[Ticket]
	N      int  `json:"n"`
	Rising bool `json:"rising,omitzero"` // each with another number, and so without end
}

func (c Ping) Apply(t *Ticket, s itsm.Stamp) { t.Pings++ }

func children(t *Ticket) itsm.Selection[Ticket] {
	return itsm.Selection[Ticket]{Index: "parent", Equal: itsm.Key{itsm.TextValue(t.ID.String())}}
}

func byGroup(group string) itsm.Selection[Ticket] {
	return itsm.Selection[Ticket]{Index: "group", Equal: itsm.Key{itsm.TextValue(group)}}
}

func byWatcher(names ...string) itsm.Selection[Ticket] {
	sel := itsm.Selection[Ticket]{Index: "watcher"}
	for _, name := range names {
		sel.Equal = append(sel.Equal, itsm.TextValue(name))
	}
	return sel
}

func definition() itsm.Definition[Ticket] {
	group := itsm.TextField("group", func(t *Ticket) string { return t.Group })
	unlocked := itsm.Guard("unlocked", func(t *Ticket, _ itsm.Stamp) error {
		if t.Locked {
			return errors.New("unlock it first")
		}
		return nil
	})
	berlin := time.FixedZone("there", 2*3600+1800)
	plan := itsm.Decide(func(t *Ticket, c Open, s itsm.Stamp) (Open, error) {
		if c.Deadline.IsZero() { // in no normal form, as a calendar may give it
			c.Deadline = s.At.Add(time.Hour + 1234*time.Nanosecond).In(berlin)
		}
		return c, nil
	})
	count := itsm.DecideAmong(func(t *Ticket, c Finish, s itsm.Stamp, near []*Ticket) (Finish, error) {
		c.Children, c.Tags = len(near), []string{} // JSON leaves the tags out, and so they come back nil
		return c, nil
	})
	return itsm.Definition[Ticket]{
		Kind: "ticket",
		States: []itsm.StateDef{
			{State: open, Phase: itsm.Open},
			{State: waiting, Phase: itsm.Paused},
			{State: done, Phase: itsm.Done},
			{State: closed, Phase: itsm.Final},
		},
		Roles:  []itsm.Role{agent},
		Fields: []itsm.Field[Ticket]{group},
		Transitions: []itsm.Transition[Ticket]{
			itsm.On("open", Open{}, itsm.From(itsm.None), itsm.To(open), itsm.By(agent), itsm.Sets("group"), plan),
			itsm.On("edit", Edit{}, itsm.From(open, waiting, done), itsm.Stay(), itsm.By(agent), itsm.Sets("group")),
			itsm.On("wait", Wait{}, itsm.From(open), itsm.To(waiting), itsm.By(agent)),
			itsm.On("resume", Resume{}, itsm.From(waiting), itsm.To(open), itsm.By(agent, itsm.SystemRole), unlocked),
			itsm.On("finish", Finish{}, itsm.From(open, waiting), itsm.To(done), itsm.By(agent, itsm.SystemRole), unlocked, count,
				itsm.Needs(func(t *Ticket, _ Finish, near []*Ticket) []itsm.Selection[Ticket] {
					return []itsm.Selection[Ticket]{children(t)}
				}),
				itsm.Follow(func(t *Ticket, c Finish, _ itsm.Stamp, near []*Ticket) []itsm.FollowUp[Ticket] {
					var list []itsm.FollowUp[Ticket]
					for _, child := range near {
						list = append(list, itsm.FollowUp[Ticket]{ID: child.ID, Command: Finish{Code: c.Code}})
					}
					return list
				})),
			itsm.On("reopen", Reopen{}, itsm.From(done), itsm.To(open), itsm.By(agent)),
			itsm.On("close", Close{}, itsm.From(done), itsm.To(closed), itsm.By(itsm.SystemRole), unlocked),
			itsm.On("lock", Lock{}, itsm.From(open, waiting, done), itsm.Stay(), itsm.By(agent)),
			itsm.On("link", Link{}, itsm.From(open), itsm.Stay(), itsm.By(agent)),
			itsm.On("ping", Ping{}, itsm.From(open, done), itsm.Stay(), itsm.By(agent, itsm.SystemRole),
				itsm.Follow(func(t *Ticket, c Ping, _ itsm.Stamp, _ []*Ticket) []itsm.FollowUp[Ticket] {
					if t.Peer == uuid.Nil {
						return nil
					}
					if c.Rising {
						c.N++
					}
					return []itsm.FollowUp[Ticket]{{ID: t.Peer, Command: c}}
				})),
		},
		Timers: []itsm.Timer[Ticket]{
			{Name: "resume", In: []itsm.State{waiting}, Since: func(t *Ticket) time.Time { return t.Until }, Command: Resume{}},
			{Name: "auto-close", In: []itsm.State{done}, Since: func(t *Ticket) time.Time { return t.Since }, Wait: itsm.Wait{Days: 5}, Command: Close{}},
		},
	}
}

func process(t testing.TB, change ...func(*itsm.Definition[Ticket])) itsm.Process[Ticket] {
	t.Helper()
	def := definition()
	for _, c := range change {
		c(&def)
	}
	lc, err := itsm.NewLifecycle(def)
	require.NoError(t, err)
	group, _ := lc.Field("group")
	texts := func(list []string) []itsm.Key {
		var keys []itsm.Key
		for _, s := range list {
			keys = append(keys, itsm.Key{itsm.TextValue(s)})
		}
		return keys
	}
	return itsm.Process[Ticket]{Prefix: "TKT", Lifecycle: lc, Indexes: []itsm.Index[Ticket]{
		itsm.IndexBy("group", group),
		{Name: "watcher", Keys: func(t *Ticket) []itsm.Key { return texts(t.Watchers) }},
		{Name: "slug", Unique: true, Keys: func(t *Ticket) []itsm.Key {
			if t.Slug == "" {
				return nil
			}
			return texts([]string{t.Slug})
		}},
		{Name: "parent", Keys: func(t *Ticket) []itsm.Key {
			if t.Parent == uuid.Nil {
				return nil
			}
			return texts([]string{t.Parent.String()})
		}},
		{Name: "budget", Keys: func(t *Ticket) []itsm.Key {
			if t.Budget.IsZero() {
				return nil
			}
			return []itsm.Key{{itsm.NumberValue(t.Budget.Amount), itsm.InstantValue(t.Deadline)}}
		}},
	}}
}

// ann is an agent of the tenant most tests are about.
var ann = itsm.Actor{ID: "ann", Tenant: "acme", Roles: []itsm.Role{agent}}

// eve is an agent of another.
var eve = itsm.Actor{ID: "eve", Tenant: "evil", Roles: []itsm.Role{agent}}

func money(s string) itsm.Money {
	m, err := itsm.ParseMoney(s)
	if err != nil {
		panic(err)
	}
	return m
}

func names(list []Ticket) []string {
	out := []string{}
	for _, t := range list {
		out = append(out, t.Title)
	}
	return out
}

func sorted(list []string) []string { slices.Sort(list); return list }
