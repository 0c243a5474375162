package memory_test

import (
	"testing"

	"github.com/itsmkit/itsm/store"
	"github.com/itsmkit/itsm/store/memory"
	"github.com/itsmkit/itsm/store/storetest"
)

// TestContract: the backend in memory keeps every clause, with none left out.
func TestContract(t *testing.T) {
	storetest.Run(t, func(*testing.T) store.Backend { return memory.New() })
}
