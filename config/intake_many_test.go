package config_test

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/config"
)

// manyVariable says how many lines the import has; a million cost some seconds and
// 400 MB.
const manyVariable = "ITSM_RECORDS"

// An error on the last line but one of very many, a million where the variable says
// so, keeps everything out, or itself.
func TestIntakeOfManyWithOneError(t *testing.T) {
	n := 50_000
	if text := os.Getenv(manyVariable); text != "" {
		var err error
		n, err = strconv.Atoi(text)
		require.NoError(t, err, manyVariable)
		require.Greater(t, n, 2, manyVariable)
	}
	source := config.Source{Name: "many.jsonl", Open: func() (io.Reader, error) { return &manyLines{n: n}, nil }}
	for _, lenient := range []bool{false, true} {
		in := intake(t, &config.IntakeOptions{Lenient: lenient}, source)
		require.Equal(t, 1, in.FaultCount())
		require.Regexp(t, fmt.Sprintf(`^many.jsonl:%d:\d+: class: "sever" is no class`, n-1), faultTexts(in))
		require.Equal(t, config.Counts{CIs: n - 1, Refused: 1}, in.Counts())
		steps, errs := 0, 0
		for _, err := range in.Steps() {
			if err != nil {
				require.Equal(t, in.Err(), err)
				errs++
			} else {
				steps++
			}
		}
		if lenient {
			require.Equal(t, [2]int{n - 1, 0}, [2]int{steps, errs})
		} else {
			require.Equal(t, [2]int{0, 1}, [2]int{steps, errs})
		}
	}
}

// manyLines makes so many lines as they are read, of which the last but one is wrong.
type manyLines struct {
	n, made int
	rest    []byte // of the line that is being read
}

func (m *manyLines) Read(b []byte) (int, error) {
	read := 0
	for read < len(b) {
		if len(m.rest) == 0 {
			if m.made == m.n {
				break
			}
			m.made++
			class := "server"
			if m.made == m.n-1 {
				class = "sever"
			}
			m.rest = fmt.Appendf(m.rest[:0], `{"register":{"name":"web-%d","class":%q}}`+"\n", m.made, class)
		}
		moved := copy(b[read:], m.rest)
		read, m.rest = read+moved, m.rest[moved:]
	}
	if read == 0 && len(b) > 0 {
		return 0, io.EOF
	}
	return read, nil
}
