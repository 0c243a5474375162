package register_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/register"
	"github.com/itsmkit/itsm/store/memory"
)

// FuzzLine holds that there is one way to write a line: what is read is JSON, if
// what it carries is, and written again it is the same.
func FuzzLine(f *testing.F) {
	d := newDesk(f, memory.New())
	d.fill()
	for _, line := range lines(d.dump()) {
		content, _, _ := strings.Cut(line, `,"sum":"`)
		f.Add([]byte(content))
	}
	f.Add([]byte(`{"entry":{"kind":"\u003c","id":"`))
	f.Add([]byte(`{"record":{"kind":"a","id":"00000000-0000-0000-0000-000000000000","entries":0,"hash":"","silent":["a","b"],"body":{}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		again, carried, problem := register.Rewritten(content)
		if problem != "" {
			require.Empty(t, again)
			return
		}
		if carried == nil || json.Valid(carried) {
			require.True(t, json.Valid(append(content[:len(content):len(content)], '}')), "%q", content)
		}
		require.Equal(t, string(content), again)
	})
}

// FuzzImport gives files to Import, with the sums that they should have where they
// are lines at all. Whatever is taken without an error comes out again the same.
func FuzzImport(f *testing.F) {
	d, _ := small(f)
	file := d.dump()
	f.Add(file)
	f.Add(bytes.Replace(file, []byte(`"place":2`), []byte(`"place":3`), 1))
	f.Add(file[:len(file)/2])
	f.Fuzz(func(t *testing.T, file []byte) {
		for _, file := range [][]byte{file, resealed(strings.Split(string(file), "\n"))} {
			d := newDesk(t, memory.New())
			done, err := d.load(file, &register.ImportOptions{Unit: 3, Rebuild: true})
			if err != nil {
				require.ErrorIs(t, err, register.ErrImport)
				continue
			}
			assert.Zero(t, done.Present)
			out := d.dump()
			if bytes.HasPrefix(file, out[:bytes.IndexByte(out, '\n')]) { // of these two kinds
				require.Equal(t, len(file), len(out))
			}
			to := newDesk(t, memory.New())
			to.mustLoad(out, nil)
			require.Equal(t, string(out), string(to.dump()))
		}
	})
}
