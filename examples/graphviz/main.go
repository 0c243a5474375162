// Graphviz draws DOT, such as config.Drawing writes, as SVG, without Graphviz being
// installed: the library is Graphviz itself, compiled to WebAssembly. It is a module
// of its own, so that nobody who imports the others gets it along.
//
//	go run ./examples/estate -draw dot | go run ./examples/graphviz > estate.svg
package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/goccy/go-graphviz"
)

func main() {
	if err := run(context.Background(), os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, in io.Reader, out io.Writer) error {
	dot, err := io.ReadAll(in)
	if err != nil {
		return err
	}
	svg, err := render(ctx, dot)
	if err != nil {
		return err
	}
	_, err = out.Write(svg)
	return err
}

// render draws a graph. An error says why Graphviz does not read it.
func render(ctx context.Context, dot []byte) (svg []byte, err error) {
	g, err := graphviz.New(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if wrong := g.Close(); err == nil {
			err = wrong
		}
	}()
	graph, err := graphviz.ParseBytes(dot)
	if err != nil {
		return nil, fmt.Errorf("no graph: %w", err)
	}
	defer func() {
		if wrong := graph.Close(); err == nil {
			err = wrong
		}
	}()
	var b bytes.Buffer
	if err := g.Render(ctx, graph, graphviz.SVG, &b); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}
