package storetest_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strings"
	"testing"
	"unicode"

	"github.com/itsmkit/itsm/store/storetest"
)

const (
	contract  = "../store.go"
	sentences = "testdata/sentences.txt"
)

// TestEverySentenceHasAClause holds testdata/sentences.txt, which has each
// sentence of the comments of Backend and Tx, and below it the clauses that hold
// it or, after a dash, the reason why none can. Each clause holds one. A sentence that comes or changes
// is written there with ITSM_UPDATE=1 in the environment, and a question mark for
// the clauses to be filled in.
func TestEverySentenceHasAClause(t *testing.T) {
	clauses, used := map[string]bool{}, map[string]bool{}
	for _, c := range storetest.Clauses() {
		clauses[c.Name] = true
	}
	held := map[string]string{} // by sentence
	blocks := strings.Split(strings.TrimSpace(readFile(t, sentences)), "\n\n")
	for _, block := range blocks {
		sentence, by, _ := strings.Cut(block, "\n\t")
		held[sentence] = by
	}
	var text strings.Builder
	said := map[string]bool{}
	for _, sentence := range contractSentences(t) {
		if said[sentence] {
			continue
		}
		said[sentence] = true
		by, ok := held[sentence]
		if !ok {
			by = "?"
		}
		fmt.Fprintf(&text, "%s\n\t%s\n\n", sentence, by)
		switch {
		case strings.HasPrefix(by, "- "):
		case by == "?":
			t.Errorf("no clause is named for %q", sentence)
		default:
			for _, name := range strings.Split(by, ", ") {
				used[name] = true
				if !clauses[name] {
					t.Errorf("%q is to be held by %q, which is no clause", sentence, name)
				}
			}
		}
	}
	for name := range clauses {
		if !used[name] {
			t.Errorf("%s holds no sentence of the contract", name)
		}
	}
	for sentence := range held {
		if !said[sentence] {
			t.Errorf("the contract does not say %q any more", sentence)
		}
	}
	if os.Getenv("ITSM_UPDATE") != "" {
		if err := os.WriteFile(sentences, []byte(strings.TrimSpace(text.String())+"\n"), 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// contractSentences returns the sentences of the comments of Backend and Tx and
// of their methods.
func contractSentences(t *testing.T) (list []string) {
	file, err := parser.ParseFile(token.NewFileSet(), contract, nil, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	for _, decl := range file.Decls {
		g, ok := decl.(*ast.GenDecl)
		if !ok || g.Tok != token.TYPE {
			continue
		}
		spec := g.Specs[0].(*ast.TypeSpec)
		methods, ok := spec.Type.(*ast.InterfaceType)
		if !ok {
			continue
		}
		list = append(list, splitSentences(g.Doc.Text())...)
		for _, m := range methods.Methods.List {
			list = append(list, splitSentences(m.Doc.Text())...)
		}
	}
	return list
}

// splitSentences splits a comment at its paragraphs and items, and these at their
// full stops.
func splitSentences(text string) (list []string) {
	text = strings.ReplaceAll(text, "\n  - ", "\n\n")
	for _, paragraph := range strings.Split(text, "\n\n") {
		paragraph = strings.Join(strings.Fields(paragraph), " ")
		if paragraph == "" || strings.HasPrefix(paragraph, "# ") {
			continue
		}
		words := strings.Split(paragraph, " ")
		from := 0
		for i, word := range words {
			last := i == len(words)-1
			if last || strings.HasSuffix(word, ".") && unicode.IsUpper([]rune(strings.Trim(words[i+1], "[\""))[0]) {
				list = append(list, strings.Join(words[from:i+1], " "))
				from = i + 1
			}
		}
	}
	return list
}
