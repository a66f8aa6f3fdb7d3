package texts

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestEveryArgumentIsGiven: what a refusal's sentence names in braces is given where it is refused, so that nobody reads {limit}.
// The engine's refusals have their arguments apart from the call, and are not looked at.
func TestEveryArgumentIsGiven(t *testing.T) {
	seen := 0
	for _, room := range []string{"../api", "../models", "../activities"} {
		err := filepath.WalkDir(room, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			set := token.NewFileSet()
			file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				code, given, ok := refused(n)
				if !ok {
					return true
				}
				seen++
				for lang, catalogue := range catalogues() {
					for _, name := range argument.FindAllString(catalogue[code], -1) {
						if !slices.Contains(given, strings.Trim(name, "{}")) {
							t.Errorf("%s: %s is not given %s of its sentence (%s)", set.Position(n.Pos()), code, name, lang)
						}
					}
				}
				return true
			})
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 500 {
		t.Errorf("only %d refusals were found; the test looks for the wrong thing", seen)
	}
}

// codeAt is where a call that refuses has its code; name, value, name, value … follow.
var codeAt = map[string][]int{"Refuse": {0}, "refuse": {0, 1}, "Field": {1}, "field": {1}}

// follows are arguments that the API makes of another when it says the sentence.
var follows = map[string]string{"why": "reason"}

// refused is the code of a call that refuses, and the names that it gives to the code's sentence. A call that hands on a list of
// names is passed over.
func refused(n ast.Node) (code string, given []string, ok bool) {
	call, ok := n.(*ast.CallExpr)
	if !ok || call.Ellipsis.IsValid() {
		return "", nil, false
	}
	var name string
	switch f := call.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name = f.Sel.Name
	}
	for _, at := range codeAt[name] {
		if at >= len(call.Args) {
			break
		}
		if code = literal(call.Args[at]); !Has(code) {
			continue
		}
		for i := at + 1; i < len(call.Args); i += 2 {
			given = append(given, literal(call.Args[i]), follows[literal(call.Args[i])])
		}
		return code, given, true
	}
	return "", nil, false
}

// literal is a string as it is written, "" of anything else.
func literal(e ast.Expr) string {
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		s, _ := strconv.Unquote(l.Value)
		return s
	}
	return ""
}
