package config_test

import (
	"math/rand/v2"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm"
	"github.com/itsmkit/itsm/config"
)

// naiveRelation is all that the rules over several relations look at.
type naiveRelation struct {
	relation, group string
	from, to        int
	state           itsm.State
}

// naivelyAllowed counts all relations there are.
func naivelyAllowed(all map[uuid.UUID]naiveRelation, of uuid.UUID, r naiveRelation) bool {
	most := map[string][2]int{"offers": {0, 1}, "located in": {1, 0}, "documented by": {0, 0}}[r.relation]
	from, to := 0, 0
	for id, o := range all {
		if id == of || o.relation != r.relation || o.state == config.Ended {
			continue
		}
		if o.from == r.from && o.to == r.to && o.group == r.group {
			return false
		}
		if o.state == config.Active && o.from == r.from {
			from++
		}
		if o.state == config.Active && o.to == r.to {
			to++
		}
	}
	if r.state == config.Proposed {
		return true
	}
	return (most[0] == 0 || from < most[0]) && (most[1] == 0 || to < most[1])
}

// TestRelationsAgainstNaive relates, activates and unrelates at random in a
// register, which finds what a rule must see by its indexes.
func TestRelationsAgainstNaive(t *testing.T) {
	done, refused := 0, 0
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 21))
		e := newEstate(t, nil)
		ends := map[string][2][]config.End{
			"offers":        {{end(1, "business service"), end(2, "business service")}, {end(3, "service offering"), end(4, "service offering")}},
			"located in":    {{end(5, "server"), end(6, "server")}, {end(7, "location"), end(8, "location")}},
			"documented by": {{end(5, "server"), end(6, "server")}, {end(9, "document"), end(10, "document")}},
		}
		all := make(map[uuid.UUID]naiveRelation)
		var ids []uuid.UUID
		check := func(allowed bool, err error) {
			t.Helper()
			if allowed {
				require.NoError(t, err, "seed %d", seed)
				done++
				return
			}
			require.ErrorIs(t, err, itsm.ErrRefused, "seed %d", seed)
			refused++
		}
		for range 80 {
			e.now = e.now.Add(hour)
			if len(ids) == 0 || rng.IntN(2) == 0 {
				r := naiveRelation{
					relation: []string{"offers", "located in", "documented by"}[rng.IntN(3)], group: []string{"", "g"}[rng.IntN(2)],
					from: rng.IntN(2), to: rng.IntN(2), state: []itsm.State{config.Active, config.Proposed}[rng.IntN(2)],
				}
				got, err := e.relations.Create(e.ctx, ann, config.Relate{
					Type: r.relation, Group: r.group, Proposed: r.state == config.Proposed, Change: change,
					From: ends[r.relation][0][r.from], To: ends[r.relation][1][r.to],
				})
				check(naivelyAllowed(all, uuid.Nil, r), err)
				if err == nil {
					all[got.ID], ids = r, append(ids, got.ID)
				}
				continue
			}
			id := ids[rng.IntN(len(ids))]
			r := all[id]
			if rng.IntN(2) == 0 {
				was := r.state
				r.state = config.Active
				_, err := e.relations.Do(e.ctx, ann, id, config.Activate{Change: change})
				check(was == config.Proposed && naivelyAllowed(all, id, r), err)
				if err == nil {
					all[id] = r
				}
				continue
			}
			_, err := e.relations.Do(e.ctx, ann, id, config.Unrelate{Change: change})
			check(r.state != config.Ended, err)
			if err == nil {
				r.state = config.Ended
				all[id] = r
			}
		}
		for id, r := range all {
			got, err := e.relations.Get(e.ctx, ann, id)
			require.NoError(t, err)
			require.Equal(t, r.state, got.State)
		}
	}
	require.Greater(t, done, 200)
	require.Greater(t, refused, 200)
}
