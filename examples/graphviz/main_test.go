package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// texts lists the texts of an SVG, having asked that it is well-formed.
func texts(t *testing.T, svg []byte) map[string]bool {
	t.Helper()
	list := make(map[string]bool)
	d := xml.NewDecoder(bytes.NewReader(svg))
	root := ""
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			if root == "" {
				root = token.Name.Local
			}
		case xml.CharData:
			list[string(token)] = true
		}
	}
	require.Equal(t, "svg", root)
	return list
}

// The estate is drawn with every CI in it.
func TestEstateAsSVG(t *testing.T) {
	file, err := os.Open("../estate/data/cis.jsonl")
	require.NoError(t, err)
	defer file.Close()
	var names []string
	for s := bufio.NewScanner(file); s.Scan(); {
		var line map[string]struct{ Name string }
		require.NoError(t, json.Unmarshal(s.Bytes(), &line))
		for _, ci := range line {
			names = append(names, ci.Name)
		}
	}
	require.Len(t, names, 61)
	for _, path := range []string{"../estate/testdata/estate.dot", "../estate/testdata/san.dot"} {
		dot, err := os.ReadFile(path)
		require.NoError(t, err)
		var svg bytes.Buffer
		require.NoError(t, run(t.Context(), bytes.NewReader(dot), &svg))
		drawn := texts(t, svg.Bytes())
		for _, name := range names {
			require.True(t, drawn[name], "%s: %s", path, name)
		}
	}
}

// Graphviz reads what the core writes, names that mean something to it included.
func TestDrawingsOfTheCore(t *testing.T) {
	paths, err := filepath.Glob("../../config/testdata/drawings/*.dot")
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	for _, path := range paths {
		dot, err := os.ReadFile(path)
		require.NoError(t, err)
		svg, err := render(t.Context(), dot)
		require.NoError(t, err, path)
		drawn := texts(t, svg)
		require.True(t, drawn[`shop "EU" <b>&amp;`] || !strings.Contains(string(dot), "shop"), "%s: %v", path, drawn)
	}
}

func TestWhatIsNoGraph(t *testing.T) {
	for _, dot := range []string{"", "digraph {", "not a graph"} {
		_, err := render(t.Context(), []byte(dot))
		require.Error(t, err, "%q", dot)
	}
}
