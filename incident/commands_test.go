package incident_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/incident"
	"github.com/itsmkit/itsm/itsmtest"
)

// samples is one of each command, every field filled.
func samples() []itsm.Command[incident.Incident] {
	at := time.Date(2026, 3, 2, 8, 59, 59, 123456000, time.UTC)
	custom := map[string]itsm.Value{"site": itsm.TextValue("Zürich"), "users": itsm.IntValue(250)}
	return []itsm.Command[incident.Incident]{
		incident.Report{
			Title: "Mail is down", Description: "Since this morning.\nNothing arrives.", Caller: "carl", Source: "phone",
			Service: mail, ServiceUnknown: true, Category: "mail", Subcategory: "queue", Impact: itsm.High, Urgency: itsm.Medium,
			Detected: at, CIs: []itsm.Ref{mail}, Watchers: []string{"wanda"}, Custom: custom, Group: "messaging", To: "bob", Priority: 2,
		},
		incident.FollowUp{
			Of: id(7), Reason: "It came back.", Title: "Mail is down again", Impact: itsm.High, Urgency: itsm.Medium,
			Caller: "carl", Source: "phone", Service: mail, ServiceUnknown: true, Category: "mail", Subcategory: "queue",
			CIs: []incident.AffectedCI{{CI: mail, How: incident.Manual}}, Custom: custom, Priority: 2,
		},
		incident.Classify{
			Title: "Mail is slow", Service: mail, Category: "mail", Subcategory: "queue", Impact: itsm.High, Urgency: itsm.Medium,
			Override: 4, Reason: "Only the test server.", Custom: custom, Priority: 4,
		},
		incident.Link{As: incident.ToProblem, To: itsm.Ref{Kind: "problem", ID: "P1"}, Remove: true},
		incident.Join{Parent: id(8)},
		incident.Affect{CI: mail, How: incident.Computed},
		incident.Watch{Who: "wanda", Stop: true},
		incident.Attach{File: paper, Name: "log.txt", Media: "text/plain", Size: 12, SHA256: strings.Repeat("0a", 32)},
		incident.Log{Text: "Called the vendor.", Public: true, Spent: 20 * time.Minute},
		incident.Correct{Fact: incident.Responded, To: at, Reason: "Noted on paper.", Was: at.Add(hour)},
		incident.Acknowledge{Text: "We have it.", Automatic: true},
		incident.Assign{Group: "messaging", To: "bob", Escalate: true, Reason: "They know more."},
		incident.Escalate{To: "the director", Reason: "Nobody answers."},
		incident.Start{},
		incident.Hold{
			Reason: incident.AwaitingVendor, ReviewBy: at.Add(7 * day), Question: "Which mailbox?", Awaits: ticket,
			Why: "The part is on its way.", Back: incident.InProgress, Extensions: 1,
		},
		incident.Resume{Reply: "Mine.", Finished: ticket},
		incident.AddTask{Title: "Empty the queue", Group: "messaging", To: "bob"},
		incident.MoveTask{Task: 1, To: itsm.TaskDone, Note: "Empty."},
		incident.Resolve{Code: "duplicate", Notes: "The same.", DuplicateOf: id(9), Cascade: id(10)},
		incident.Reopen{Reason: "It came back.", Cascade: id(10), AssigneeGone: true},
		incident.Close{Notes: "It works again."},
		incident.Cancel{Reason: "It was a drill."},
		incident.Rate{Score: 5, Comment: "Thank you."},
		incident.Declare{Criteria: []string{"many users affected"}, Owner: "mia"},
		incident.Demote{Reason: "One user only."},
		incident.Inform{Audience: incident.Management, Text: "We work on it."},
		incident.Review{Report: paper, Findings: "Watch the queue."},
	}
}

// TestCommandForms pins how each command is written (testdata/commands).
func TestCommandForms(t *testing.T) {
	itsmtest.Commands(t, lifecycle(t, nil), samples()...)
}

// withSite is a lifecycle that knows the custom fields of the samples.
func withSite(t testing.TB) *itsm.Lifecycle[incident.Incident] {
	return under(t, func(p *incident.Policy) {
		p.Custom = itsm.CustomFields{{Name: "site", Type: itsm.Text}, {Name: "users", Type: itsm.Number}}
	})
}

// TestBadUTF8 spoils every text of every command, one at a time: the error names
// it. What a decision fills in it fills in whatever was given.
func TestBadUTF8(t *testing.T) {
	filledIn := []string{
		"follow up.caller", "follow up.source", "follow up.service", "follow up.category", "follow up.subcategory",
		"follow up.cis[0].ci", "follow up.cis[0].how", "hold.back",
	}
	lc := withSite(t)
	for i, name := range lc.Commands() {
		from := map[string]itsm.State{
			"report": itsm.None, "follow up": itsm.None, "resume": incident.OnHold,
			"reopen": incident.Resolved, "close": incident.Resolved, "rate": incident.Resolved, "review": incident.Resolved,
			"start": incident.Assigned,
		}
		state, special := from[name]
		if !special {
			state = incident.InProgress
		}
		base, near := standing(t, lc, name, state)
		s := itsm.Stamp{At: base.Updated.Add(time.Minute), By: itsm.Actor{ID: "carl", Roles: []itsm.Role{incident.Agent, incident.Manager}}}
		fire := func(cmd any) error {
			inc := base
			_, err := lc.Fire(&inc, cmd.(itsm.Command[incident.Incident]), s, near...)
			return err
		}
		good := fitting(samples()[i], &base)
		require.NoError(t, fire(good), name)
		for _, leaf := range texts(reflect.ValueOf(good), "") {
			err := fire(spoilt(good, leaf))
			if slices.Contains(filledIn, name+leaf.path) {
				require.NoError(t, err, name+leaf.path)
				continue
			}
			require.Error(t, err, name+leaf.path)
			itsmtest.RequireField(t, err, strings.TrimPrefix(leaf.path, "."))
		}
	}
}

// fitting is a sample made to be accepted by an agent.
func fitting(cmd itsm.Command[incident.Incident], inc *incident.Incident) itsm.Command[incident.Incident] {
	switch c := cmd.(type) {
	case incident.Report:
		c.ServiceUnknown = false
		return c
	case incident.FollowUp:
		c.Of = id(1)
		return c
	case incident.Link:
		c.Remove = false
		return c
	case incident.Join:
		c.Parent = id(101)
		return c
	case incident.Correct:
		c.Fact, c.To = incident.Detected, inc.Opened
		return c
	case incident.Hold:
		c.ReviewBy = time.Time{}
		return c
	case incident.Resolve:
		c.DuplicateOf, c.Cascade = uuid.Nil, uuid.Nil
		return c
	case incident.Reopen:
		c.Cascade = uuid.Nil
		return c
	}
	return cmd
}

// leaf is a text within a command: where it is, and what the error should call it.
type leaf struct {
	index []any // fields by number, elements as element
	path  string
}

type element int

// texts lists the texts of a command. Those of custom fields are the kernel's.
func texts(v reflect.Value, path string, index ...any) []leaf {
	var list []leaf
	switch v.Kind() {
	case reflect.String:
		list = append(list, leaf{slices.Clone(index), path})
	case reflect.Slice:
		for i := range v.Len() {
			list = append(list, texts(v.Index(i), fmt.Sprintf("%s[%d]", path, i), append(slices.Clone(index), element(i))...)...)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			f, at := v.Type().Field(i), path
			if !f.IsExported() {
				continue
			}
			if tag, _, _ := strings.Cut(f.Tag.Get("json"), ","); tag != "" { // a Ref is a text as a whole
				at += "." + tag
			}
			list = append(list, texts(v.Field(i), at, append(slices.Clone(index), i)...)...)
		}
	}
	return list
}

// spoilt is a copy of a command in which one text is not UTF-8.
func spoilt(cmd any, l leaf) any {
	root := reflect.New(reflect.TypeOf(cmd)).Elem()
	root.Set(reflect.ValueOf(cmd))
	at := root
	for _, step := range l.index {
		switch step := step.(type) {
		case int:
			at = at.Field(step)
		case element:
			copied := reflect.MakeSlice(at.Type(), at.Len(), at.Len())
			reflect.Copy(copied, at)
			at.Set(copied)
			at = at.Index(int(step))
		}
	}
	at.SetString("a\xff")
	return root.Interface()
}
