package config

import (
	"encoding/json"
	"fmt"
	"slices"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// baselineJSON is a baseline as it is written.
type baselineJSON struct {
	Name      string     `json:"name"`
	At        AsOf       `json:"at"`
	Digest    string     `json:"digest"`
	CIs       []itemJSON `json:"cis"`
	Relations []itemJSON `json:"relations"`
}

type itemJSON struct {
	ID     string                `json:"id"`
	Values map[string]itsm.Value `json:"values"`
}

// MarshalJSON writes the baseline, with its digest, as [ParseBaseline] reads it.
func (b *Baseline) MarshalJSON() ([]byte, error) {
	return json.Marshal(baselineJSON{b.Name, b.At, b.Digest(), itemsJSON(b.CIs), itemsJSON(b.Relations)})
}

func itemsJSON(list []Item) []itemJSON {
	written := make([]itemJSON, len(list))
	for i, item := range list {
		written[i] = itemJSON{item.ID.String(), item.Values}
	}
	return written
}

// ParseBaseline reads a baseline from JSON, as strictly as [itsm.ParseJSON]. Its
// digest must be that of what is in it, its items each have an id of their own and a
// state, and its relations join two CIs of it. The order of the items is free.
func ParseBaseline(data []byte) (*Baseline, error) {
	j, err := itsm.ParseJSON[baselineJSON](data)
	if err != nil {
		return nil, err
	}
	b := &Baseline{Name: j.Name, At: AsOf{itsm.Normal(j.At.Valid), itsm.Normal(j.At.Recorded)}}
	if err := b.checkHead(); err != nil {
		return nil, err
	}
	if b.CIs, err = readItems("cis", j.CIs); err != nil {
		return nil, err
	}
	if b.Relations, err = readItems("relations", j.Relations); err != nil {
		return nil, err
	}
	if err := b.checkEnds(j.Relations); err != nil {
		return nil, err
	}
	if is := b.Digest(); is != j.Digest {
		return nil, &itsm.FieldError{Field: "digest", Problem: fmt.Sprintf("is %s; of what is here it is %s", shown(itsm.TextValue(j.Digest)), is)}
	}
	return b, nil
}

// readItems reads items, by id.
func readItems(field string, written []itemJSON) ([]Item, error) {
	var list []Item
	seen := make(map[uuid.UUID]bool, len(written))
	for n, w := range written {
		wrong := func(name, format string, args ...any) error {
			return &itsm.FieldError{Field: fmt.Sprintf("%s[%d].%s", field, n, name), Problem: fmt.Sprintf(format, args...)}
		}
		id, err := uuid.Parse(w.ID)
		switch {
		case err != nil || id.String() != w.ID || id == uuid.Nil:
			return nil, wrong("id", "%s is no id, written as in 0190163d-8694-739b-aea5-966c26f8ad91", shown(itsm.TextValue(w.ID)))
		case seen[id]:
			return nil, wrong("id", "%s is listed before", id)
		case w.Values[stateName].Type() != itsm.Text:
			return nil, wrong("values."+stateName, "is missing; what is there has a state")
		}
		seen[id] = true
		for _, name := range namesOf(w.Values) {
			if name == "" {
				return nil, wrong("values", "has one without a name")
			}
			if w.Values[name].IsZero() {
				return nil, wrong("values."+name, "is missing; leave out what has no value")
			}
		}
		list = append(list, Item{id, w.Values})
	}
	slices.SortFunc(list, Item.compare)
	return list, nil
}

// checkEnds refuses a relation that leads from or to what is not in the baseline.
func (b *Baseline) checkEnds(relations []itemJSON) error {
	for n, r := range relations {
		for _, name := range []string{fromName, toName} {
			if _, found := b.ci(ciOf(r.Values[name])); !found {
				return &itsm.FieldError{Field: fmt.Sprintf("relations[%d].values.%s", n, name), Problem: orNone(r.Values[name]) + " is no CI of the baseline"}
			}
		}
	}
	return nil
}

// ci is the CI of an id in the baseline, whose items are in order.
func (b *Baseline) ci(id uuid.UUID) (Item, bool) {
	i, found := slices.BinarySearchFunc(b.CIs, Item{ID: id}, Item.compare)
	if !found {
		return Item{}, false
	}
	return b.CIs[i], true
}
