package config

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"maps"
	"slices"
	"strconv"

	"github.com/google/uuid"

	"github.com/itsmkit/itsm"
)

// Baseline is what was there within a scope at one point of a timeline: the CIs, and
// all relations between two of them, with the values of all their attributes. What
// was only seen to differ is not in it. Later states are held against it, see
// [Timeline.Drift].
type Baseline struct {
	Name      string
	At        AsOf
	CIs       []Item // by id
	Relations []Item // by id
}

// Item is a CI or relation of a baseline, with its state, all its own attributes and
// those of its class or type, and its needs, under the names that facts have. None of
// the values is missing.
type Item struct {
	ID     uuid.UUID
	Values map[string]itsm.Value
}

// Baseline takes a baseline of what is within a scope as of a point, which names both
// times: what is recorded later does not change what a baseline was.
func (t *Timeline) Baseline(name string, scope Scope, at AsOf) (*Baseline, error) {
	t = t.orEmpty()
	b := &Baseline{Name: name, At: AsOf{itsm.Normal(at.Valid), itsm.Normal(at.Recorded)}}
	if err := b.checkHead(); err != nil {
		return nil, err
	}
	if err := scope.check("scope"); err != nil {
		return nil, err
	}
	within := make(map[uuid.UUID]bool)
	for h := range t.listed(scope) {
		if v := (CIView{t.view(h, at)}); scope.holds(v) {
			within[h.id] = true
			b.CIs = append(b.CIs, v.item())
		}
	}
	for v := range t.Relations(at) {
		if within[v.From()] && within[v.To()] {
			b.Relations = append(b.Relations, v.item())
		}
	}
	return b, nil
}

func (v view) item() Item {
	i := Item{v.ID(), make(map[string]itsm.Value)}
	for b := range v.beliefs() {
		i.Values[b.attribute] = b.said.value
	}
	return i
}

func (b *Baseline) checkHead() error {
	if err := itsm.CheckLine("name", b.Name); err != nil {
		return err
	}
	if err := itsm.CheckTime("at.valid", b.At.Valid); err != nil {
		return err
	}
	return itsm.CheckTime("at.recorded", b.At.Recorded)
}

// Digest is the SHA-256, in hexadecimal, of what is in the baseline. It covers every
// id, attribute and value of the CIs and relations, and neither name nor point: two
// baselines have the same one if and only if the same was there. In which order the
// facts came, or the items are listed, makes no difference, for they are sorted.
//
// To compute it elsewhere: what is hashed is a sequence of texts in UTF-8, each
// written as its length in bytes in decimal, a colon, and the bytes. The first is
// "config baseline 1". For each CI by ascending id follow "ci", the id in its
// lower-case form with hyphens, the number of values, and for each value by the bytes
// of its attribute's name: the name, the type, and the value as [itsm.Value.String]
// writes it (a number without an exponent or zeros at its end, an instant after RFC
// 3339 in UTC with no more digits than it needs, an elapsed time as in "1h30m0s",
// a reference as kind:id). Relations follow in the same way under "relation".
//
// It is no sum of hashes of the items: the simple sums are easy to forge
// (Bellare and Micciancio, A new paradigm for collision-free hashing, 1997).
func (b *Baseline) Digest() string {
	d := digest{hash: sha256.New()}
	d.text("config baseline 1")
	d.items(Kind, b.CIs)
	d.items(RelationKind, b.Relations)
	return hex.EncodeToString(d.hash.Sum(nil))
}

// digest writes texts so that no two sequences of them are written alike.
type digest struct {
	hash hash.Hash
	room []byte
}

func (d *digest) text(s string) {
	d.room = strconv.AppendInt(d.room[:0], int64(len(s)), 10)
	d.room = append(d.room, ':')
	d.room = append(d.room, s...)
	d.hash.Write(d.room) // of a hash: never fails
}

func (d *digest) items(kind string, list []Item) {
	for _, i := range slices.SortedStableFunc(slices.Values(list), Item.compare) {
		d.text(kind)
		d.text(i.ID.String())
		d.text(strconv.Itoa(len(i.Values)))
		for _, name := range slices.Sorted(maps.Keys(i.Values)) {
			v := i.Values[name]
			d.text(name)
			d.text(string(v.Type()))
			d.text(v.String())
		}
	}
}

func (i Item) compare(other Item) int { return compareIDs(i.ID, other.ID) }
