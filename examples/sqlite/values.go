package sqlite

import (
	"database/sql/driver"

	"github.com/google/uuid"
)

// The tables are strict, so that a value has the type of its column, or is null
// where an aggregate found nothing. A damaged file gives zero values, no panic.

func integer(v driver.Value) int64 {
	n, _ := v.(int64)
	return n
}

func text(v driver.Value) string {
	s, _ := v.(string)
	return s
}

func blob(v driver.Value) []byte {
	b, _ := v.([]byte)
	return b
}

func identity(v driver.Value) (id uuid.UUID) {
	copy(id[:], blob(v))
	return id
}

// notNull is b as a value to bind: to the driver, a nil slice is a null.
func notNull(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b
}
