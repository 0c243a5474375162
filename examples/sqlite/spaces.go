package sqlite

import (
	"context"
	"database/sql/driver"
	"sync"
)

// spaceName is what a space stands for: a tenant, one of its kinds, or an index
// of a kind.
type spaceName struct{ tenant, kind, index string }

// spaces remembers the numbers of committed spaces, which never change.
type spaces struct {
	mu    sync.RWMutex
	known map[spaceName]int64
}

func newSpaces() *spaces { return &spaces{known: make(map[spaceName]int64)} }

func (s *spaces) find(name spaceName) int64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.known[name]
}

func (s *spaces) add(found map[spaceName]int64) {
	if len(found) == 0 {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for name, space := range found {
		s.known[name] = space
	}
}

// space returns the number of a space, or 0 if there is none.
func (tx *tx) space(kind, index string) (space int64, err error) {
	name := spaceName{string(tx.tenant), kind, index}
	if tx.spaces != nil {
		if space = tx.spaces.find(name); space != 0 {
			return space, nil
		}
		if space = tx.found[name]; space != 0 {
			return space, nil
		}
	}
	err = tx.run.query(context.Background(), findSpace, func(v []driver.Value) {
		space = integer(v[0])
	}, name.tenant, name.kind, name.index)
	if err == nil && space != 0 {
		tx.remember(name, space)
	}
	return space, err
}

// makeSpace is space, which it adds if there is none.
func (tx *tx) makeSpace(kind, index string) (int64, error) {
	space, err := tx.space(kind, index)
	if err != nil || space != 0 {
		return space, err
	}
	result, err := tx.run.exec(context.Background(), addSpace, string(tx.tenant), kind, index)
	if err != nil {
		return 0, err
	}
	if space, err = result.LastInsertId(); err != nil {
		return 0, err
	}
	tx.remember(spaceName{string(tx.tenant), kind, index}, space)
	return space, nil
}

// remember keeps what a unit found until it is known to be committed. A joined
// transaction remembers nothing: its host may go back to a savepoint.
func (tx *tx) remember(name spaceName, space int64) {
	if tx.spaces == nil {
		return
	}
	if tx.found == nil {
		tx.found = make(map[spaceName]int64)
	}
	tx.found[name] = space
}
