package itsmtest_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/itsmkit/itsm/itsmtest"
)

func TestCommands(t *testing.T) {
	lc, err := parcels()
	require.NoError(t, err)
	in := func(files map[string]string, run func(testing.TB)) string {
		t.Helper()
		t.Chdir(t.TempDir())
		require.NoError(t, os.MkdirAll("testdata/commands", 0o777))
		for name, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join("testdata/commands", name), []byte(text), 0o666))
		}
		return strings.Join(watch(t, run), "\n")
	}
	filled := mark{Text: "x", How: "y", Lost: "z"}
	all := func(t testing.TB) { itsmtest.Commands(t, lc, post{"ann"}, mark{Text: "x", How: "y"}, deliver{}) }
	files := map[string]string{
		"post.v1.json":    "{\n\t\"to\": \"ann\"\n}\n",
		"mark.v1.json":    "{\n\t\"text\": \"x\",\n\t\"how\": \"y\"\n}\n",
		"deliver.v1.json": "{}\n",
	}
	with := func(name, text string) map[string]string {
		more := map[string]string{name: text}
		for n, s := range files {
			if n != name {
				more[n] = s
			}
		}
		return more
	}

	t.Setenv("ITSM_UPDATE", "")
	require.Equal(t, "the sample leaves mark.Lost empty, so that its form is not pinned", in(files, all))
	require.Contains(t, in(files, func(t testing.TB) { itsmtest.Commands(t, lc, post{"ann"}, filled, deliver{}) }),
		"mark.Lost is lost or changed by the JSON form")
	require.Contains(t, in(with("post.v1.json", "{}"), all), "post.v1.json differs")
	require.Contains(t, in(with("post.v7.json", "{}"), all), "post.v7.json can no longer be read")
	require.Contains(t, in(with("sent.v1.json", "{}"), all), "sent.v1.json can no longer be read")
	require.Contains(t, in(with("odd.json", "{}"), all), "odd.json is not named <command>.v<version>.json")
	require.Contains(t, in(nil, all), "does not exist; write it with ITSM_UPDATE=1")
	require.Contains(t, in(files, func(t testing.TB) { itsmtest.Commands(t, lc, post{"ann"}, deliver{}, deliver{}) }),
		"deliver has more than one sample\nmark has no sample")

	require.Equal(t, "the sample leaves mark.Lost empty, so that its form is not pinned", in(files, func(t testing.TB) {
		require.NoError(t, os.Rename("testdata/commands", "parcels"))
		itsmtest.CommandsIn(t, "parcels", lc, post{"ann"}, mark{Text: "x", How: "y"}, deliver{})
	}))

	t.Setenv("ITSM_UPDATE", "1")
	in(nil, all)
	for name, text := range files {
		written, err := os.ReadFile(filepath.Join("testdata/commands", name))
		require.NoError(t, err)
		require.Equal(t, text, string(written))
	}
}
